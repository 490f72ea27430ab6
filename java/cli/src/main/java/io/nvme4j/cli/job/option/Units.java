// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.option;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as fio writes them: 4k, 0x1000, 1GiB, 30s, 500us, 20%, (2*8k). */
public final class Units {
    public static final long MICROSECOND = 1_000;
    public static final long SECOND = 1_000_000_000L;

    private static final String PREFIXES = "kmgtp";
    private static final Pattern SIZE =
            Pattern.compile("(0x[0-9a-f]{1,15}|\\d{1,18})\\s*(?:([kmgtp])i?)?b?");
    private static final Pattern TIME = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,12})?)\\s*([a-z]*)");
    private static final Pattern DECIMAL = Pattern.compile("\\d{1,12}(\\.\\d{1,12})?");

    private static final BigDecimal LONGEST_TIME = BigDecimal.valueOf(Long.MAX_VALUE / 4);

    private static final Map<String, Long> TIME_UNITS =
            Map.ofEntries(
                    Map.entry("us", MICROSECOND),
                    Map.entry("usec", MICROSECOND),
                    Map.entry("ms", 1_000_000L),
                    Map.entry("msec", 1_000_000L),
                    Map.entry("s", SECOND),
                    Map.entry("sec", SECOND),
                    Map.entry("m", 60 * SECOND),
                    Map.entry("h", 3600 * SECOND),
                    Map.entry("d", 86400 * SECOND));

    private Units() {}

    /** A number of bytes, or of anything that takes k, m, g. */
    public static long bytes(Setting setting, String text, int kiloBase) {
        if (Expression.is(text)) {
            return whole(setting, text, Long.SIZE).longValueExact();
        }
        Matcher matcher = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw setting.wrong("'" + text.strip() + "' is no size: write 4096, 4k or 1m");
        }
        long number = Long.decode(decimal(matcher.group(1)));
        if (matcher.group(2) == null) {
            return number;
        }
        // By fio's kb_base, 1024 by default, "k", "kb" and "ki" are 1024, and "kib" is 1000.
        boolean isOther = text.strip().toLowerCase(Locale.ROOT).endsWith("ib");
        long base = isOther == (kiloBase == 1000) ? 1024 : 1000;
        try {
            for (int power = PREFIXES.indexOf(matcher.group(2)); power >= 0; power--) {
                number = Math.multiplyExact(number, base);
            }
            return number;
        } catch (ArithmeticException e) {
            throw setting.wrong("'" + text.strip() + "' is more than any device has");
        }
    }

    /** Without leading zeros, which would make it octal. */
    private static String decimal(String digits) {
        return digits.startsWith("0x") ? digits : digits.replaceFirst("^0+(?=\\d)", "");
    }

    /** Nanoseconds. */
    public static long nanos(Setting setting, String text, long unitNanos) {
        if (Expression.is(text)) {
            Expression.Value value = evaluated(setting, text, true);
            return nanos(setting, text, value.number(), value.hasUnit() ? MICROSECOND : unitNanos);
        }
        Matcher matcher = TIME.matcher(text.strip().toLowerCase(Locale.ROOT));
        boolean matches = matcher.matches();
        String unit = matches ? matcher.group(2) : "";
        Long factor = unit.isEmpty() ? Long.valueOf(unitNanos) : TIME_UNITS.get(unit);
        if (!matches || factor == null) {
            throw noTime(setting, text);
        }
        return nanos(setting, text, new BigDecimal(matcher.group(1)), factor);
    }

    private static long nanos(Setting setting, String text, BigDecimal number, long factor) {
        BigDecimal nanos = number.multiply(BigDecimal.valueOf(factor));
        if (nanos.signum() < 0 || nanos.compareTo(LONGEST_TIME) > 0) {
            throw noTime(setting, text);
        }
        return nanos.longValue();
    }

    private static IllegalArgumentException noTime(Setting setting, String text) {
        return setting.wrong(
                "'" + text.strip() + "' is no time: write 30s, 10m, 1.5s, 500ms or 100us");
    }

    private static Expression.Value evaluated(Setting setting, String text, boolean isTime) {
        try {
            return Expression.evaluate(text, isTime, Expression.Precedence.IN_PARENTHESES);
        } catch (IllegalArgumentException e) {
            throw setting.wrong(String.valueOf(e.getMessage()));
        }
    }

    /** What an expression comes to: not below 0, and of so many bits with its sign. */
    private static BigInteger whole(Setting setting, String text, int bits) {
        BigInteger whole = evaluated(setting, text, false).whole();
        if (whole.signum() < 0 || whole.bitLength() >= bits) {
            throw setting.wrong("'" + text.strip() + "' is " + whole + ", which is out of bounds");
        }
        return whole;
    }

    public static int integer(Setting setting) {
        return integer(setting, setting.value());
    }

    public static int integer(Setting setting, String text) {
        if (Expression.is(text)) {
            return whole(setting, text, Integer.SIZE).intValueExact();
        }
        try {
            return Integer.decode(decimal(text.strip().toLowerCase(Locale.ROOT)));
        } catch (NumberFormatException e) {
            throw setting.wrong("'" + text.strip() + "' is no whole number");
        }
    }

    /** From 0 to 100. */
    public static int percentage(Setting setting, String text) {
        String digits = text.strip().endsWith("%") ? text.strip().replace("%", "") : text;
        int value = integer(setting, digits);
        if (value < 0 || value > 100) {
            throw setting.wrong("a percentage is from 0 to 100");
        }
        return value;
    }

    /** How much of a whole one of several parts has, that are as equal as whole numbers are. */
    public static int part(int whole, int number, int parts) {
        return whole * (number + 1) / parts - whole * number / parts;
    }

    public static double decimal(Setting setting, String text) {
        if (Expression.is(text)) {
            return evaluated(setting, text, false).number().doubleValue();
        }
        if (!DECIMAL.matcher(text.strip()).matches()) {
            throw setting.wrong("'" + text.strip() + "' is no number");
        }
        return Double.parseDouble(text.strip());
    }

    static boolean flag(Setting setting) {
        return switch (setting.value().toLowerCase(Locale.ROOT)) {
            case "1", "true" -> true;
            case "0", "false" -> false;
            default -> throw setting.wrong("it is 0 or 1");
        };
    }
}
