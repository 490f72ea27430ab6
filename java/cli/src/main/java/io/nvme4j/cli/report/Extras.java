// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.Direction;
import io.nvme4j.cli.result.CoreUse;
import io.nvme4j.cli.result.Interval;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.text.Json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a JSON document has beyond fio's: the machine, its processors' use, and the intervals. */
final class Extras {
    private final RunResult result;

    Extras(RunResult result) {
        this.result = result;
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("machine", MachineFacts.read());
        document.put("cores", result.cores().stream().map(Extras::core).toList());
        document.put("intervals", intervals());
        return document;
    }

    private static Map<String, Object> core(CoreUse core) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("core", core.number());
        document.put("user", Json.number(core.user()));
        document.put("system", Json.number(core.system()));
        return document;
    }

    /** Columns rather than rows, as there may be many: seconds since the begin, and IOPS. */
    private Map<String, Object> intervals() {
        List<Interval> intervals = result.timeline().intervals();
        long begin = intervals.isEmpty() ? 0 : intervals.getFirst().begin();
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put(
                "begin",
                column(intervals.stream().map(one -> (one.begin() - begin) / 1e9).toList()));
        columns.put(
                "end", column(intervals.stream().map(one -> (one.end() - begin) / 1e9).toList()));
        for (Direction direction : Direction.values()) {
            columns.put(
                    FioReport.name(direction) + "_iops",
                    column(intervals.stream().map(one -> one.iops(direction.index())).toList()));
        }
        return columns;
    }

    private static List<Object> column(List<Double> values) {
        List<Object> column = new ArrayList<>();
        values.forEach(value -> column.add(Json.number(value)));
        return column;
    }
}
