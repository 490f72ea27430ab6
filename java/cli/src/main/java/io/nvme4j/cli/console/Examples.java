// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Command lines of examples, which begin with two blanks, made to fit a terminal. */
public final class Examples {
    private static final String INDENT = "  ";
    private static final String CONTINUED = "      ";
    private static final String BREAK = " \\";
    private static final Pattern WORD = Pattern.compile("(?:'[^']*'|\\S)+");

    private Examples() {}

    /** The lines, with those that are too long broken as a shell takes them. */
    public static String[] wrap(String[] lines, int width) {
        return Arrays.stream(lines)
                .flatMap(
                        line ->
                                line.startsWith(INDENT) && line.length() > width
                                        ? broken(line, width).stream()
                                        : List.of(line).stream())
                .toArray(String[]::new);
    }

    private static List<String> broken(String line, int width) {
        List<String> lines = new ArrayList<>();
        String text = line.endsWith(BREAK) ? line.substring(0, line.length() - 2) : line;
        StringBuilder current = new StringBuilder();
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            String word = words.group();
            if (current.isEmpty()) {
                current.append(line.startsWith(CONTINUED) ? CONTINUED : INDENT).append(word);
            } else if (current.length() + 1 + word.length() + BREAK.length() > width) {
                lines.add(current + BREAK);
                current = new StringBuilder(CONTINUED).append(word);
            } else {
                current.append(' ').append(word);
            }
        }
        lines.add(current + (line.endsWith(BREAK) ? BREAK : ""));
        return lines;
    }
}
