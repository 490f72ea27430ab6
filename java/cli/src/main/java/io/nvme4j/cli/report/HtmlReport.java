// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.result.RunResult;

import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A run's result as one page that needs nothing else: its data, and a script that draws them. */
public final class HtmlReport {
    private final RunResult result;
    private final ZonedDateTime begin;

    /**
     * @param begin when the command began
     */
    public HtmlReport(RunResult result, ZonedDateTime begin) {
        this.result = result;
        this.begin = begin;
    }

    /** The page. */
    public String document() {
        return Page.of(data());
    }

    private Map<String, Object> data() {
        List<Direction> directions =
                Stream.of(Direction.values())
                        .filter(
                                direction ->
                                        result.threads().stream()
                                                .anyMatch(
                                                        thread -> thread.job().measures(direction)))
                        .toList();
        PageTables tables = new PageTables(result);
        PageSeries series = new PageSeries(result, directions);
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("title", "nvme4j bench: " + tables.workloads());
        data.put("subtitle", Page.subtitle(begin, result.transport()));
        data.put("warning", warning());
        data.put("tiles", tables.tiles());
        data.put("tables", tables.tables());
        data.put("facts", tables.facts());
        data.put("directions", directions.stream().map(FioReport::name).toList());
        data.put("colours", directions.stream().map(Direction::index).toList());
        data.put("percentiles", PageSeries.NAMES);
        data.put("series", series.document());
        data.put("distribution", series.distributions());
        data.put("heat", new HeatMap(result.timeline().intervals()).document());
        return data;
    }

    private String warning() {
        if (!result.failure().isEmpty()) {
            return "The run was ended by an error: " + result.failure();
        }
        return result.signal() == 0 ? "" : "The run was stopped early by a signal.";
    }
}
