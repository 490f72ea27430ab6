// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.job.Job;

import java.util.List;

/** Which percentiles fio's documents have. */
final class Percentages {
    /** Fio's own. */
    static final List<Double> USUAL =
            List.of(
                    1.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 99.0,
                    99.5, 99.9, 99.95, 99.99);

    private Percentages() {}

    static List<Double> of(Job job) {
        return job.percentiles().isEmpty() ? USUAL : job.percentiles();
    }
}
