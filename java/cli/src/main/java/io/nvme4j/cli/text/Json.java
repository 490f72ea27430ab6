// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.text;

import com.fasterxml.jackson.jr.ob.JSON;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** JSON documents out of maps and lists. */
public final class Json {
    /** Decimal places, as fio has them. */
    private static final int SCALE = 6;

    private static final JSON WRITER = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

    private Json() {}

    /** The text of a document. */
    public static String text(Object document) {
        try {
            return WRITER.asString(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A number that is written without an exponent, which not every reader takes. */
    public static BigDecimal number(double value) {
        return BigDecimal.valueOf(value).setScale(SCALE, RoundingMode.HALF_UP);
    }
}
