// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import java.util.Arrays;

/**
 * Of a few numbers.
 *
 * @param deviation their standard deviation, as of a sample
 */
record Statistics(int count, double minimum, double maximum, double mean, double deviation) {
    static Statistics of(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return new Statistics(
                values.length,
                Arrays.stream(values).min().orElse(0),
                Arrays.stream(values).max().orElse(0),
                mean,
                values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)));
    }
}
