// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.result.Latencies;

import org.HdrHistogram.HistogramIterationValue;

import java.io.PrintWriter;
import java.util.Locale;

/** What spdk_nvme_perf's -L and -LL print of latencies. */
final class LatencyDetails {
    private static final double[] PERCENTAGES = {
        1, 10, 25, 50, 75, 90, 95, 98, 99, 99.5, 99.9, 99.99, 99.999, 99.9999, 99.99999
    };

    /** The first class of the histogram ends here; each further one at 2^(1/4) times that. */
    private static final long FIRST_CLASS_NANOS = 64;

    private static final double CLASS_RATIO = Math.pow(2, 0.25);

    private final PrintWriter out;
    private final String title;
    private final Latencies latencies;

    LatencyDetails(PrintWriter out, String title, Latencies latencies) {
        this.out = out;
        this.title = title;
        this.latencies = latencies;
    }

    void printSummary() {
        out.printf("%nLatency of %s, us%n", title);
        for (double percentage : PERCENTAGES) {
            out.printf(
                    Locale.ROOT,
                    "%10.5f%% %14.3f%n",
                    percentage,
                    latencies.percentile(percentage) / 1000.0);
        }
    }

    void printHistogram() {
        out.printf("%nHistogram of %s%n", title);
        out.println("        Range in us               Cumulative       Commands");
        if (latencies.count() == 0) {
            return;
        }
        for (HistogramIterationValue each :
                latencies.histogram().logarithmicBucketValues(FIRST_CLASS_NANOS, CLASS_RATIO)) {
            if (each.getCountAddedInThisIterationStep() > 0) {
                out.printf(
                        Locale.ROOT,
                        "%13.3f - %13.3f: %11.5f%%  (%d)%n",
                        each.getValueIteratedFrom() / 1000.0,
                        each.getValueIteratedTo() / 1000.0,
                        each.getPercentile(),
                        each.getCountAddedInThisIterationStep());
            }
        }
    }
}
