// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.option;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Arithmetic in a job file's values, by fio's grammar: {@code + - * / % ^}, parentheses, and units.
 * A unit binds looser than a product, so {@code (2*3k)} and {@code (8k/2k)} are {@code (2*3)k} and
 * {@code (8k/2)k}. Whole numbers are divided to whole numbers.
 */
final class Expression {
    /** Which operators take their operands first. */
    enum Precedence {
        /** Of expressions in parentheses, in which a remainder comes before all others. */
        IN_PARENTHESES(5),
        /** Of values with a variable, which fio leaves to bc: there it is like a product. */
        WITH_VARIABLES(3);

        private final int remainder;

        Precedence(int remainder) {
            this.remainder = remainder;
        }
    }

    private static final int SUM = 1;
    private static final int UNIT = 2;
    private static final int PRODUCT = 3;
    private static final int POWER = 4;
    private static final int SIGN = 6;

    /** Characters of an expression, and digits of a result, at most: more is of no use. */
    private static final int LONGEST = 400;

    private static final Pattern NUMBER =
            Pattern.compile("0x[0-9a-f]{1,15}|\\d*\\.?\\d+(?:e[+-]?\\d{1,2})?");
    private static final Pattern WORD = Pattern.compile("[a-z]+");

    private static final Map<String, BigDecimal> UNITS =
            Map.ofEntries(
                    unit("us", 1),
                    unit("ms", 1_000),
                    unit("s", 1_000_000),
                    unit("h", 3_600_000_000L),
                    unit("d", 86_400_000_000L),
                    unit("k", 1L << 10),
                    unit("m", 1L << 20),
                    unit("g", 1L << 30),
                    unit("t", 1L << 40),
                    unit("p", 1L << 50),
                    unit("ki", 1_000),
                    unit("mi", 1_000_000),
                    unit("gi", 1_000_000_000),
                    unit("ti", 1_000_000_000_000L),
                    unit("pi", 1_000_000_000_000_000L));

    private static final BigDecimal MINUTE = BigDecimal.valueOf(60_000_000);

    private final String text;
    private final boolean isTime;
    private final Precedence precedence;
    private int position;
    private boolean hasUnit;

    private Expression(String text, boolean isTime, Precedence precedence) {
        this.text = text.toLowerCase(Locale.ROOT);
        this.isTime = isTime;
        this.precedence = precedence;
    }

    /**
     * What an expression comes to.
     *
     * @param number its value; of a time with a unit, in microseconds
     * @param hasUnit whether any number in it has a unit
     */
    record Value(BigDecimal number, boolean hasUnit) {
        /** Without what is behind the point. */
        BigInteger whole() {
            return number.toBigInteger();
        }
    }

    /** Whether a value is one: it begins with a parenthesis. */
    static boolean is(String text) {
        return text.strip().startsWith("(");
    }

    /**
     * Evaluates.
     *
     * @param isTime whether {@code m} is a minute
     * @throws IllegalArgumentException if it can't be; the message says why
     */
    static Value evaluate(String text, boolean isTime, Precedence precedence) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("'" + text + "' is too long");
        }
        Expression expression = new Expression(text, isTime, precedence);
        BigDecimal number = expression.operators(SUM);
        if (expression.next() != 0) {
            throw expression.unexpected();
        }
        return new Value(number, expression.hasUnit);
    }

    private static Map.Entry<String, BigDecimal> unit(String name, long factor) {
        return Map.entry(name, BigDecimal.valueOf(factor));
    }

    /** The character that follows, or 0 at the end. */
    private char next() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
        return position == text.length() ? 0 : text.charAt(position);
    }

    private IllegalArgumentException unexpected() {
        String what = position == text.length() ? "it ends" : "'" + text.charAt(position) + "' is";
        return new IllegalArgumentException(
                "in '%s' %s where %s"
                        .formatted(
                                text,
                                what,
                                "it should not: write numbers, + - * / % ^, parentheses, and"
                                        + " units"));
    }

    /** An operand, and the operators after it that bind at least so tightly. */
    private BigDecimal operators(int tightness) {
        BigDecimal left = operand();
        int binding = binding(next());
        while (binding >= tightness) {
            char operator = next();
            if (binding == UNIT) {
                left = left.multiply(unit());
            } else {
                position++;
                // Powers of powers are taken from the right, all else from the left.
                left = apply(operator, left, operators(binding == POWER ? binding : binding + 1));
            }
            binding = binding(next());
        }
        return left;
    }

    private int binding(char operator) {
        return switch (operator) {
            case '+', '-' -> SUM;
            case '*', '/' -> PRODUCT;
            case '%' -> precedence.remainder;
            case '^' -> POWER;
            default -> Character.isLetter(operator) ? UNIT : 0;
        };
    }

    private BigDecimal operand() {
        char first = next();
        if (first == '-') {
            position++;
            return operators(SIGN).negate();
        }
        if (first == '(') {
            position++;
            BigDecimal inner = operators(SUM);
            if (next() != ')') {
                throw unexpected();
            }
            position++;
            return inner;
        }
        return number();
    }

    private BigDecimal number() {
        Matcher matcher = NUMBER.matcher(text).region(position, text.length());
        if (!matcher.lookingAt()) {
            throw unexpected();
        }
        position = matcher.end();
        String digits = matcher.group();
        return digits.startsWith("0x")
                ? BigDecimal.valueOf(Long.decode(digits))
                : new BigDecimal(digits);
    }

    private BigDecimal unit() {
        Matcher matcher = WORD.matcher(text).region(position, text.length());
        String word = matcher.lookingAt() ? matcher.group() : "";
        // An optional "b" is for bytes.
        String name = word.length() > 1 && word.endsWith("b") ? word.replaceFirst("b$", "") : word;
        BigDecimal factor = isTime && name.equals("m") ? MINUTE : UNITS.get(name);
        if (factor == null) {
            throw unexpected();
        }
        position += word.length();
        hasUnit = true;
        return factor;
    }

    private BigDecimal apply(char operator, BigDecimal left, BigDecimal right) {
        BigDecimal result =
                switch (operator) {
                    case '+' -> left.add(right);
                    case '-' -> left.subtract(right);
                    case '*' -> left.multiply(right);
                    case '/' -> quotient(left, right);
                    case '%' -> left.remainder(divisor(right));
                    default -> power(left, right);
                };
        if (result.precision() - result.scale() > LONGEST || result.scale() > LONGEST) {
            throw tooLarge();
        }
        return result;
    }

    private BigDecimal quotient(BigDecimal left, BigDecimal right) {
        return isWhole(left) && isWhole(right)
                ? left.divideToIntegralValue(divisor(right))
                : left.divide(divisor(right), MathContext.DECIMAL64);
    }

    private BigDecimal divisor(BigDecimal number) {
        if (number.signum() == 0) {
            throw new IllegalArgumentException("in '" + text + "' something is divided by 0");
        }
        return number;
    }

    private BigDecimal power(BigDecimal base, BigDecimal exponent) {
        if (isWhole(exponent) && exponent.abs().compareTo(BigDecimal.valueOf(LONGEST)) <= 0) {
            BigDecimal power = base.pow(exponent.abs().intValueExact());
            return exponent.signum() < 0
                    ? BigDecimal.ONE.divide(divisor(power), MathContext.DECIMAL64)
                    : power;
        }
        double power = Math.pow(base.doubleValue(), exponent.doubleValue());
        if (!Double.isFinite(power)) {
            throw tooLarge();
        }
        return BigDecimal.valueOf(power);
    }

    private static boolean isWhole(BigDecimal number) {
        return number.scale() <= 0;
    }

    private IllegalArgumentException tooLarge() {
        return new IllegalArgumentException("'" + text + "' is out of all bounds");
    }
}
