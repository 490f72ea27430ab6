// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.sweep;

import io.nvme4j.cli.report.Page;

import java.time.ZonedDateTime;
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
    private final ZonedDateTime begin;
    private final boolean hasDepths;

    /**
     * @param begin when the command began
     */
    public SweepPage(SweepReport report, ZonedDateTime begin) {
        this.report = report;
        this.begin = begin;
        this.hasDepths =
                report.points().stream()
                        .allMatch(point -> point.settings().containsKey(SweepAxes.DEPTH));
    }

    /** The page. */
    public String document() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("title", "nvme4j bench: sweep");
        data.put("subtitle", Page.subtitle(begin, transport()) + knees());
        data.put("warning", "");
        data.put("tiles", List.of());
        data.put("tables", List.of(rows()));
        data.put("facts", List.of(Page.facts("Settings", settings()), Page.machine()));
        data.put("hasDepths", hasDepths);
        data.put("sweep", report.series().stream().map(this::series).toList());
        return Page.of(data);
    }

    private List<String> transport() {
        return report.points().isEmpty() ? List.of() : report.points().getFirst().transport();
    }

    private String knees() {
        return report.knees().isEmpty()
                ? ""
                : " · A knee is where IOPS divided by mean latency is greatest.";
    }

    /** Those that all points have. */
    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        for (SweepPoint point : report.points()) {
            if (settings.isEmpty()) {
                settings.putAll(point.options());
            }
            settings.entrySet().retainAll(point.options().entrySet());
        }
        return settings;
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

    /** Of a sweep that has none among its axes, that of the jobs. */
    private static int depth(SweepPoint point) {
        return Integer.parseInt(
                point.settings()
                        .getOrDefault(
                                SweepAxes.DEPTH, point.options().getOrDefault("iodepth", "1")));
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("", "depth", "IOPS", "MiB/s", "mean, µs", "p50", "p99", "p99.9", ""));
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
