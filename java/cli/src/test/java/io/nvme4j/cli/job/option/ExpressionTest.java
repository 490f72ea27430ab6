// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.util.Random;

/** Arithmetic in job files. Results are those of fio's expression parser, and of bc. */
class ExpressionTest {
    private static Expression.Value evaluate(String text) {
        return Expression.evaluate(text, false, Expression.Precedence.IN_PARENTHESES);
    }

    @ParameterizedTest
    @CsvSource({
        "(2*3), 6",
        "(8k/2k), 4194304",
        "(10k%3k), 1024",
        "(2*7%4), 6",
        "(7%4*2), 6",
        "(8%3%2), 0",
        "(2^3^2), 512",
        "(-2^2), 4",
        "(1k+2k), 3072",
        "(7-2*3), 1",
        "(9-(2+3)*1), 4",
        "(2*(3+4)k), 14336",
        "(0x10*2), 32",
        "(4kib), 4000",
        "(4KB), 4096",
        "(1.5*4), 6",
        "(3/2), 1",
        "(2^-1), 0",
        "(1g*8), 8589934592",
        "(5)k, 5120",
        "(4k)-1, 4095",
        "(2^2k), 4096",
        "(3+1k*2), 2051",
        "(1k*2+3), 2051",
        "(2k k), 2097152",
        "(1.5+1), 2",
        "(1k^2), 1048576",
        "(-1k), -1024",
        "(8/2*4), 16",
        "(1.5e3), 1500",
        "(1m), 1048576",
        "(1s), 1000000",
    })
    void expressionsComeToWhatFioMakesOfThem(String text, long result) {
        assertEquals(result, evaluate(text).whole().longValueExact());
    }

    @ParameterizedTest
    @CsvSource({"2*7%4, 2", "9/2*2, 8", "-7/2, -3", "2^3^2, 512", "-2^2, 4", "10-4-3, 3"})
    void valuesWithVariablesComeToWhatBcMakesOfThem(String text, long result) {
        assertEquals(
                result,
                Expression.evaluate(text, false, Expression.Precedence.WITH_VARIABLES)
                        .whole()
                        .longValueExact());
    }

    @Test
    void timesAreMicrosecondsWhereThereIsAUnit() {
        Expression.Value minutes =
                Expression.evaluate("(1m+30s)", true, Expression.Precedence.IN_PARENTHESES);
        assertEquals(90_000_000, minutes.whole().longValueExact());
        assertTrue(minutes.hasUnit());
        assertEquals(new BigDecimal("2.5"), evaluate("(5/2.0)").number());
        assertTrue(!evaluate("(5/2.0)").hasUnit());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "()",
                "(5",
                "(5))",
                "(1 2)",
                "(1/0)",
                "(1%0)",
                "(0^-1)",
                "(2+)",
                "(*2)",
                "(2q)",
                "(2:3)",
                "(9^9^9^9)",
                "(9^1000000)",
                "(2^99999999999)",
                "",
                "(1e99^400)",
                "k",
                "(2^0.5^-9999)x"
            })
    void whatIsNoExpressionIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> evaluate(text));
    }

    /**
     * Nested as deeply as a value may be long, and whatever else there is: an exception at most.
     */
    @Test
    void anyTextIsAnsweredSoon() {
        assertThrows(IllegalArgumentException.class, () -> evaluate("(".repeat(100_000)));
        assertThrows(IllegalArgumentException.class, () -> evaluate("(" + "-".repeat(390)));
        Random random = new Random(28);
        String characters = "0123456789+-*/%^()kmgs. ";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder("(");
            for (int length = random.nextInt(20); length > 0; length--) {
                text.append(characters.charAt(random.nextInt(characters.length())));
            }
            try {
                evaluate(text.toString());
            } catch (IllegalArgumentException e) {
                assertTrue(!String.valueOf(e.getMessage()).isEmpty());
            }
        }
    }
}
