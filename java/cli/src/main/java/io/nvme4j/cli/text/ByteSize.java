// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.text;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes, read and written. */
public final class ByteSize implements ITypeConverter<Long> {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,15})([KMG]?)(i?B)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGTPE";

    /** Reads 4096, 4K, 4k, 4KiB, 1M. */
    @Override
    public Long convert(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is no size: a number of bytes, such as 4096, 4K or 1M");
        }
        String unit = matcher.group(2).toUpperCase(Locale.ROOT);
        int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit) + 1;
        long number = Long.parseLong(matcher.group(1));
        if (number > Long.MAX_VALUE >> (10 * power)) {
            throw new TypeConversionException("'" + text + "' is more than any transfer");
        }
        return number << (10 * power);
    }

    /** Such as "512 B", "4 KiB", "1.5 GiB". */
    public static String format(long bytes) {
        int power = bytes < 1024 ? 0 : (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        if (power == 0) {
            return bytes + " B";
        }
        String number = String.format(Locale.ROOT, "%.2f", (double) bytes / (1L << (10 * power)));
        return number.replaceAll("\\.?0+$", "") + " " + UNITS.charAt(power - 1) + "iB";
    }
}
