// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.sweep;

import io.nvme4j.cli.text.Json;
import io.nvme4j.cli.text.TextTable;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A sweep as a table, or as a JSON document. */
public final class SweepReport {
    private static final double[] PERCENTAGES = {50, 99, 99.9};
    private static final double NANOS_PER_MICRO = 1e3;

    private final List<SweepPoint> points;

    /**
     * @param points in the order of {@link SweepAxes#points}
     */
    public SweepReport(List<SweepPoint> points) {
        this.points = points;
    }

    List<SweepPoint> points() {
        return points;
    }

    /** The points of each series, in which only the depth differs. */
    public List<List<SweepPoint>> series() {
        Map<Map<String, String>, List<SweepPoint>> series = new LinkedHashMap<>();
        for (SweepPoint point : points) {
            Map<String, String> key = new LinkedHashMap<>(point.settings());
            key.remove(SweepAxes.DEPTH);
            series.computeIfAbsent(key, none -> new ArrayList<>()).add(point);
        }
        return List.copyOf(series.values());
    }

    /** The knees of all series that have more than two points. */
    public List<SweepPoint> knees() {
        return series().stream().filter(one -> one.size() > 2).map(SweepPoint::knee).toList();
    }

    /** Prints the table. */
    public void print(PrintWriter out) {
        if (points.isEmpty()) {
            return;
        }
        List<String> heads = new ArrayList<>(points.getFirst().settings().keySet());
        heads.addAll(List.of("IOPS", "MiB/s", "mean us", "50%", "99%", "99.9%", ""));
        TextTable table = new TextTable(heads.toArray(String[]::new));
        List<SweepPoint> knees = knees();
        for (SweepPoint point : points) {
            List<Object> cells = new ArrayList<>(point.settings().values());
            cells.add(String.format(Locale.ROOT, "%.0f", point.iops()));
            cells.add(number(point.bytesPerSecond() / (1 << 20)));
            cells.add(number(point.latencies().mean() / NANOS_PER_MICRO));
            for (double percentage : PERCENTAGES) {
                cells.add(number(point.latencies().percentile(percentage) / NANOS_PER_MICRO));
            }
            cells.add(knees.contains(point) ? "<- knee" : "");
            table.add(cells.toArray());
        }
        table.print(out);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** The document's text. */
    public String document() {
        List<SweepPoint> knees = knees();
        List<Map<String, Object>> list = new ArrayList<>();
        for (SweepPoint point : points) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("settings", point.settings());
            entry.put("iops", Json.number(point.iops()));
            entry.put("bw_bytes", Math.round(point.bytesPerSecond()));
            entry.put("lat_ns_mean", Json.number(point.latencies().mean()));
            for (double percentage : PERCENTAGES) {
                entry.put("lat_ns_p" + percentage, point.latencies().percentile(percentage));
            }
            entry.put("knee", knees.contains(point));
            list.add(entry);
        }
        return Json.text(Map.of("sweep", list));
    }
}
