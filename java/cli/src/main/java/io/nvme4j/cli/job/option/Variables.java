// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Variables in a job file's values: {@code ${NAME}} is one of the environment, and {@code $ncpus},
 * {@code $pagesize} and {@code $mb_memory} are the machine's. A value with one of these is
 * evaluated, as {@code 2*$ncpus}, where that can be done.
 */
public final class Variables {
    private static final Pattern ENVIRONMENT = Pattern.compile("\\$\\{(\\w+)}");
    private static final Pattern OPERATOR = Pattern.compile("[-+*/]");
    private static final Pattern MEMORY = Pattern.compile("(?m)^MemTotal:\\s*(\\d+) kB$");
    private static final int PAGE = 4096;

    private static final Map<String, LongSupplier> MACHINE =
            Map.of(
                    "$ncpus", Runtime.getRuntime()::availableProcessors,
                    "$pagesize", () -> PAGE,
                    "$mb_memory", () -> megabytes(Path.of("/proc/meminfo")));

    private Variables() {}

    /** The value without variables. */
    static String expand(String value) {
        String text =
                ENVIRONMENT
                        .matcher(value)
                        .replaceAll(found -> Matcher.quoteReplacement(variable(found.group(1))));
        String numbers = text;
        for (Map.Entry<String, LongSupplier> one : MACHINE.entrySet()) {
            if (numbers.contains(one.getKey())) {
                numbers = numbers.replace(one.getKey(), "" + one.getValue().getAsLong());
            }
        }
        return numbers.equals(text) ? text : evaluated(numbers);
    }

    private static String variable(String name) {
        String value = System.getenv(name);
        return value == null ? "" : value;
    }

    /** Names and lists have operators' characters in them too: these stay as they are. */
    private static String evaluated(String text) {
        if (!OPERATOR.matcher(text).find()) {
            return text;
        }
        try {
            return Expression.evaluate(text, false, Expression.Precedence.WITH_VARIABLES)
                    .number()
                    .stripTrailingZeros()
                    .toPlainString();
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** Of memory, or 0 where the kernel does not say. */
    public static long megabytes(Path meminfo) {
        try {
            Matcher matcher = MEMORY.matcher(Files.readString(meminfo));
            return matcher.find() ? Long.parseLong(matcher.group(1)) / 1024 : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
