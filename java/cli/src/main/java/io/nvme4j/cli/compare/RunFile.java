// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.compare;

import com.fasterxml.jackson.jr.ob.JSON;

import io.nvme4j.cli.text.Reason;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A run's JSON document: ours, or fio's. */
public final class RunFile {
    private static final List<String> DIRECTIONS = List.of("read", "write", "trim");
    private static final List<String> PERCENTILES =
            List.of("50.000000", "90.000000", "99.000000", "99.900000");
    private static final double MICROSECOND = 1000;
    private static final double MEBI = 1 << 20;

    private final Path path;
    private final Map<String, Object> document;

    private RunFile(Path path, Map<String, Object> document) {
        this.path = path;
        this.document = document;
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it can't be read or is something else
     */
    public static RunFile read(Path path) {
        try {
            String text = Files.readString(path);
            // Fio puts its warnings before the document.
            int begin = Math.max(0, text.indexOf('{'));
            RunFile file = new RunFile(path, JSON.std.mapFrom(text.substring(begin)));
            if (file.jobs().isEmpty()) {
                throw notARun(path);
            }
            return file;
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw notARun(path);
        } catch (IOException e) {
            throw new IllegalArgumentException(path + " can't be read: " + Reason.of(e));
        }
    }

    private static IllegalArgumentException notARun(Path path) {
        return new IllegalArgumentException(
                path + " is no run's JSON: make one by --output-format=json --output " + path);
    }

    private List<Map<?, ?>> jobs() {
        return maps(document.get("jobs"));
    }

    private static List<Map<?, ?>> maps(@org.jspecify.annotations.Nullable Object list) {
        List<Map<?, ?>> maps = new ArrayList<>();
        if (list instanceof List<?> elements) {
            for (Object element : elements) {
                if (element instanceof Map<?, ?> map) {
                    maps.add(map);
                }
            }
        }
        return maps;
    }

    private static Map<?, ?> map(Map<?, ?> parent, String key) {
        return parent.get(key) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static double number(Map<?, ?> parent, String key) {
        return parent.get(key) instanceof Number number ? number.doubleValue() : 0;
    }

    /**
     * What was measured, by name, such as "read IOPS"; of all jobs together. A direction without
     * I/Os has no latencies.
     */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (String direction : DIRECTIONS) {
            List<Map<?, ?>> parts =
                    jobs().stream()
                            .<Map<?, ?>>map(job -> map(job, direction))
                            .filter(part -> number(part, "total_ios") > 0)
                            .toList();
            metrics.put(direction + " IOPS", sum(parts, "iops"));
            metrics.put(direction + " MiB/s", sum(parts, "bw_bytes") / MEBI);
            if (!parts.isEmpty()) {
                putLatencies(metrics, direction, parts);
            }
        }
        return metrics;
    }

    private static void putLatencies(
            Map<String, Double> metrics, String direction, List<Map<?, ?>> parts) {
        double weighted = 0;
        for (Map<?, ?> part : parts) {
            weighted += number(map(part, "lat_ns"), "mean") * number(part, "total_ios");
        }
        metrics.put(direction + " mean, us", weighted / sum(parts, "total_ios") / MICROSECOND);
        if (parts.size() == 1) { // percentiles of several jobs do not add up
            Map<?, ?> percentiles = percentiles(parts.getFirst());
            for (String percentile : PERCENTILES) {
                if (percentiles.containsKey(percentile)) {
                    String name = percentile.replaceAll("\\.?0+$", "");
                    metrics.put(
                            direction + " p" + name + ", us",
                            number(percentiles, percentile) / MICROSECOND);
                }
            }
        }
    }

    /** From the intended start where that was measured, as the mean is; else from submission. */
    private static Map<?, ?> percentiles(Map<?, ?> part) {
        Map<?, ?> ofAll = map(map(part, "lat_ns"), "percentile");
        return ofAll.isEmpty() ? map(map(part, "clat_ns"), "percentile") : ofAll;
    }

    private static double sum(List<Map<?, ?>> parts, String key) {
        return parts.stream().mapToDouble(part -> number(part, key)).sum();
    }

    /**
     * One of {@link #metrics} in the intervals of the run; none of fio's. MiB/s are not there: they
     * vary as IOPS do.
     */
    public double[] intervals(String metric) {
        String column = metric.replace(", us", "").replace(' ', '_').toLowerCase(Locale.ROOT);
        Map<?, ?> columns = map(map(document, "nvme4j"), "intervals");
        return columns.get(column) instanceof List<?> values
                ? values.stream()
                        .filter(Number.class::isInstance)
                        .mapToDouble(value -> ((Number) value).doubleValue())
                        .toArray()
                : new double[0];
    }

    /** Settings, by name. */
    public Map<String, String> conditions() {
        Map<String, String> conditions = new TreeMap<>();
        addAll(conditions, "", map(document, "global options"));
        for (Map<?, ?> job : jobs()) {
            String prefix = jobs().size() == 1 ? "" : job.get("jobname") + ": ";
            addAll(conditions, prefix, map(job, "job options"));
        }
        return conditions;
    }

    /** What it ran on, by name; nothing of fio's. */
    public Map<String, String> machine() {
        Map<String, String> machine = new TreeMap<>();
        addAll(machine, "", map(map(document, "nvme4j"), "machine"));
        machine.remove("clock"); // measured, and never quite the same
        return machine;
    }

    private static void addAll(Map<String, String> conditions, String prefix, Map<?, ?> values) {
        values.forEach((key, value) -> conditions.put(prefix + key, Objects.toString(value, "")));
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
