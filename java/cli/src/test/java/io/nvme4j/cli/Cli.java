// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;

import io.nvme4j.cli.console.ExitCode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** The command, run inside this process. */
public final class Cli {
    private Cli() {}

    /** What a run printed and how it ended. */
    public record Result(int exitCode, String out, String err) {
        public Result assertOk() {
            assertEquals(ExitCode.OK, exitCode, err);
            return this;
        }

        /** It failed with one line on stderr, which has these parts, and nothing on stdout. */
        public void assertError(int expected, String... parts) {
            assertEquals(expected, exitCode, err);
            assertEquals("", out);
            List<String> lines =
                    err.lines().filter(line -> !line.contains("no transport id")).toList();
            assertEquals(1, lines.size(), err);
            assertTrue(lines.getFirst().startsWith("nvme4j: "), err);
            assertFalse(lines.getFirst().contains("unexpected"), err);
            for (String part : parts) {
                assertTrue(lines.getFirst().contains(part), part + " is not in: " + err);
            }
        }

        public Map<String, Object> json() {
            return Cli.json(out);
        }
    }

    public static Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new Result(code, out.toString(), err.toString());
    }

    public static Map<String, Object> json(String text) {
        try {
            return JSON.std.mapFrom(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    /** What is at a path such as {@code jobs.0.read.iops}; keys with dots in them are not found. */
    public static Object at(Object document, String path) {
        Object found = document;
        for (String key : path.split("\\.", -1)) {
            Object child =
                    found instanceof List<?> list
                            ? list.get(Integer.parseInt(key))
                            : found instanceof Map<?, ?> map ? map.get(key) : null;
            if (child == null) {
                throw new AssertionError("no " + key + " of " + path + " in " + found);
            }
            found = child;
        }
        return found;
    }

    public static double numberAt(Object document, String path) {
        return ((Number) at(document, path)).doubleValue();
    }
}
