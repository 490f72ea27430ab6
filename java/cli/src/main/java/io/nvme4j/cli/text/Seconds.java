// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.text;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Pattern;

/** Times in seconds or parts of them. */
public final class Seconds implements ITypeConverter<Duration> {
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,9}(\\.\\d{1,6})?");
    private static final int NANO_DIGITS = 9;
    private static final long NANOS = 1_000_000_000;

    /** Reads 5, 0.5. */
    @Override
    public Duration convert(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is no number of seconds, such as 5 or 0.5");
        }
        return Duration.ofNanos(new BigDecimal(text).movePointRight(NANO_DIGITS).longValueExact());
    }

    /** As it was read. */
    public static String format(Duration time) {
        return BigDecimal.valueOf(time.toNanos(), NANO_DIGITS).stripTrailingZeros().toPlainString();
    }

    /** As job files have it, which know no parts of seconds. */
    public static String inJobFile(Duration time) {
        return time.toNanos() % NANOS == 0 ? "" + time.toSeconds() : time.toNanos() / 1000 + "us";
    }
}
