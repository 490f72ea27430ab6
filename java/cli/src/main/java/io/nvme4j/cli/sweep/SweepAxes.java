// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a sweep goes through: {@code q=1..256 o=512,4k,64k} is each depth from 1 to 256, doubled
 * each time, with each of three sizes.
 *
 * @param values of each axis, by its name as it was written
 */
public record SweepAxes(Map<String, List<String>> values) {
    /** Points that nobody waits for. */
    private static final int MOST_POINTS = 10_000;

    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})");

    private static final Map<String, String> SHORT_NAMES =
            Map.of("q", "iodepth", "o", "bs", "w", "rw", "M", "rwmixread", "P", "num_qpairs");

    /** The axis that the others' series go along. */
    public static final String DEPTH = "q";

    /**
     * Reads axes.
     *
     * @throws IllegalArgumentException if they are malformed
     */
    public static SweepAxes parse(String text) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String axis : text.strip().split("\\s+", -1)) {
            int equals = axis.indexOf('=');
            if (equals <= 0 || equals == axis.length() - 1) {
                throw new IllegalArgumentException(
                        "--sweep: '" + axis + "' is no axis: write q=1..256 or o=512,4k,64k");
            }
            values.put(axis.substring(0, equals), values(axis.substring(equals + 1)));
        }
        long points = values.values().stream().mapToLong(List::size).reduce(1, (a, b) -> a * b);
        if (points > MOST_POINTS) {
            throw new IllegalArgumentException("--sweep: " + points + " points are too many");
        }
        return new SweepAxes(values);
    }

    private static List<String> values(String text) {
        return Arrays.stream(text.split(",", -1)).flatMap(SweepAxes::expand).toList();
    }

    /** A range is doubled through, and has its end in it. */
    private static Stream<String> expand(String part) {
        Matcher range = RANGE.matcher(part);
        if (!range.matches()) {
            if (part.isBlank() || part.contains("..")) {
                throw new IllegalArgumentException("--sweep: '" + part + "' is no value");
            }
            return Stream.of(part);
        }
        long first = Long.parseLong(range.group(1));
        long last = Long.parseLong(range.group(2));
        if (first < 1 || last < first) {
            throw new IllegalArgumentException("--sweep: '" + part + "' is no range: write 1..256");
        }
        List<String> values = new ArrayList<>();
        for (long value = first; value < last; value *= 2) {
            values.add(Long.toString(value));
        }
        values.add(Long.toString(last));
        return values.stream();
    }

    /** The option of a job that an axis sets. */
    public static String option(String axis) {
        return SHORT_NAMES.getOrDefault(axis, axis);
    }

    /** Every combination, the depth changing fastest. */
    public List<Map<String, String>> points() {
        List<Map<String, String>> points = List.of(Map.of());
        List<String> axes =
                Stream.concat(
                                values.keySet().stream().filter(name -> !name.equals(DEPTH)),
                                values.keySet().stream().filter(DEPTH::equals))
                        .toList();
        for (String axis : axes) {
            List<Map<String, String>> more = new ArrayList<>();
            for (Map<String, String> point : points) {
                for (String value : values.getOrDefault(axis, List.of())) {
                    Map<String, String> extended = new LinkedHashMap<>(point);
                    extended.put(axis, value);
                    more.add(extended);
                }
            }
            points = more;
        }
        return points;
    }
}
