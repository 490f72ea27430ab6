// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.compare;

import java.util.Arrays;

/**
 * Between which bounds the ratio of two means lies, with 95 % confidence: Welch's interval, of the
 * logarithms.
 */
public record RatioInterval(double low, double high) {
    /** Student's t at 97.5 %, for 1, 2, 3... degrees of freedom. */
    private static final double[] T = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
        2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
        2.052, 2.048, 2.045
    };

    private static final double T_OF_MANY = 1.96;

    private record Moments(int count, double mean, double errorSquared) {
        static Moments of(double[] values) {
            double[] logarithms = Arrays.stream(values).map(Math::log).toArray();
            double mean = Arrays.stream(logarithms).average().orElse(0);
            double squares = Arrays.stream(logarithms).map(v -> (v - mean) * (v - mean)).sum();
            return new Moments(values.length, mean, squares / (values.length - 1) / values.length);
        }
    }

    /**
     * Of b's mean to a's. All are above 0, and there are two or more of each, which do not depend
     * on each other.
     */
    public static RatioInterval of(double[] a, double[] b) {
        Moments first = Moments.of(a);
        Moments second = Moments.of(b);
        double error = Math.sqrt(first.errorSquared + second.errorSquared);
        double half = error == 0 ? 0 : t(degreesOfFreedom(first, second)) * error;
        double difference = second.mean - first.mean;
        return new RatioInterval(Math.exp(difference - half), Math.exp(difference + half));
    }

    /** By Welch and Satterthwaite. */
    private static double degreesOfFreedom(Moments a, Moments b) {
        double sum = a.errorSquared + b.errorSquared;
        return sum
                * sum
                / (a.errorSquared * a.errorSquared / (a.count - 1)
                        + b.errorSquared * b.errorSquared / (b.count - 1));
    }

    private static double t(double degrees) {
        int index = (int) Math.max(1, degrees) - 1;
        return index < T.length ? T[index] : T_OF_MANY + 2.4 / degrees;
    }

    /**
     * As wide, but in the middle of it is another ratio: percentiles are no means of percentiles.
     */
    public RatioInterval around(double ratio) {
        double middle = Math.sqrt(low * high);
        return new RatioInterval(low / middle * ratio, high / middle * ratio);
    }

    /** Whether the means may be the same. */
    public boolean isNoise() {
        return low <= 1 && high >= 1;
    }
}
