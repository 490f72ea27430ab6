// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sets of processors, by their numbers. */
public final class Processors {
    /** As many as a process can name in a mask of the kernel's. */
    private static final int LIMIT = 4096;

    private static final Pattern MASK = Pattern.compile("(?:0[xX])?([0-9a-fA-F]+)");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

    private Processors() {}

    /**
     * Reads a core mask: hexadecimal digits ({@code 0x3}, {@code 3}) or a list in brackets ({@code
     * [0,2-5]}).
     *
     * @throws IllegalArgumentException if it is neither, or names no processor
     */
    public static List<Integer> parse(String text) {
        String stripped = text.strip();
        boolean isList = stripped.startsWith("[") && stripped.endsWith("]");
        BitSet processors =
                isList
                        ? parseList(stripped.substring(1, stripped.length() - 1), text)
                        : parseMask(stripped);
        if (processors.isEmpty()) {
            throw new IllegalArgumentException("core mask " + text + " has no processor in it");
        }
        return processors.stream().boxed().toList();
    }

    private static BitSet parseMask(String text) {
        Matcher matcher = MASK.matcher(text);
        if (!matcher.matches()) {
            throw malformed(text);
        }
        String digits = matcher.group(1);
        BitSet processors = new BitSet();
        for (int i = 0; i < 4 * digits.length(); i++) {
            int digit = Character.digit(digits.charAt(digits.length() - 1 - i / 4), 16);
            if ((digit >> i % 4 & 1) != 0) {
                processors.set(i);
            }
        }
        return processors;
    }

    private static BitSet parseList(String list, String text) {
        BitSet processors = new BitSet();
        for (String part : list.split(",", -1)) {
            Matcher matcher = RANGE.matcher(part.strip());
            if (!matcher.matches()) {
                throw malformed(text);
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first || last >= LIMIT) {
                throw malformed(text);
            }
            processors.set(first, last + 1);
        }
        return processors;
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is no core mask: write 0x3, or [0,1] for the same processors");
    }

    /**
     * The processors that this process may use, or an empty list where the kernel does not say.
     *
     * @param status the kernel's {@code /proc/self/status}
     */
    public static List<Integer> allowed(Path status) {
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .map(list -> parse("[" + list + "]"))
                    .orElse(List.of());
        } catch (IOException e) {
            return List.of();
        }
    }
}
