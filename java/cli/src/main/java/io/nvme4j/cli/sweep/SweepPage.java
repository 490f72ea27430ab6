// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.sweep;

import io.nvme4j.cli.report.Page;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A sweep as a page: IOPS and latency against depth, a curve for each series, knees marked. */
public final class SweepPage {
    private static final double NANOS_PER_MICRO = 1e3;

    private final SweepReport report;

    public SweepPage(SweepReport report) {
        this.report = report;
    }

    /**
     * The page.
     *
     * @throws IOException if its parts can't be read
     */
    public String document() throws IOException {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("title", "nvme4j bench: sweep");
        data.put("subtitle", "A knee is where IOPS divided by mean latency is greatest.");
        data.put("warning", "");
        data.put("tiles", List.of());
        data.put("rows", rows());
        data.put("facts", List.of(Page.machine()));
        data.put("sweep", report.series().stream().map(this::series).toList());
        return Page.of(data);
    }

    private Map<String, Object> series(List<SweepPoint> points) {
        Map<String, Object> series = new LinkedHashMap<>();
        series.put("name", name(points.getFirst()));
        series.put("depth", points.stream().map(SweepPage::depth).toList());
        series.put("iops", points.stream().map(SweepPoint::iops).toList());
        series.put(
                "mean", points.stream().map(p -> p.latencies().mean() / NANOS_PER_MICRO).toList());
        series.put(
                "p99",
                points.stream().map(p -> p.latencies().percentile(99) / NANOS_PER_MICRO).toList());
        series.put("knee", points.stream().map(report.knees()::contains).toList().indexOf(true));
        return series;
    }

    private static String name(SweepPoint point) {
        String name =
                point.settings().entrySet().stream()
                        .filter(axis -> !axis.getKey().equals(SweepAxes.DEPTH))
                        .map(axis -> axis.getKey() + " " + axis.getValue())
                        .collect(Collectors.joining(", "));
        return name.isEmpty() ? "all" : name;
    }

    /** Of a sweep that has no depths, all are at 1. */
    private static int depth(SweepPoint point) {
        return Integer.parseInt(point.settings().getOrDefault(SweepAxes.DEPTH, "1"));
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("", "depth", "IOPS", "MiB/s", "mean, us", "p50", "p99", "p99.9", ""));
        for (List<SweepPoint> series : report.series()) {
            for (SweepPoint point : series) {
                rows.add(
                        List.of(
                                name(point),
                                Integer.toString(depth(point)),
                                number(point.iops()),
                                number(point.bytesPerSecond() / (1 << 20)),
                                number(point.latencies().mean() / NANOS_PER_MICRO),
                                micros(point, 50),
                                micros(point, 99),
                                micros(point, 99.9),
                                report.knees().contains(point) ? "knee" : ""));
            }
        }
        return rows;
    }

    private static String micros(SweepPoint point, double percentage) {
        return number(point.latencies().percentile(percentage) / NANOS_PER_MICRO);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : "%.2f", value);
    }
}
