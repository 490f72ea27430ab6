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

    /** The text of a document, for people too. */
    public static String text(Object document) {
        return write(WRITER, document);
    }

    /** The text of a document, without blanks. */
    public static String compact(Object document) {
        return write(JSON.std, document);
    }

    private static String write(JSON writer, Object document) {
        try {
            return writer.asString(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A number that is written without an exponent, which not every reader takes. */
    public static BigDecimal number(double value) {
        return BigDecimal.valueOf(value).setScale(SCALE, RoundingMode.HALF_UP);
    }
}
