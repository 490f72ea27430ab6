// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a {@link CrashSweep} has come to.
 *
 * @param points moments at which power could fail: just before something became durable, and the
 *     end. A cut at any other moment leaves what one at the next of these can leave.
 * @param losing those of them at which a cut can lose something
 * @param states that were checked, no two of the same content
 * @param later states that were checked besides, after a cut during a check
 * @param possible all states of all points, equal ones of several points counted again
 * @param duration of the checks
 * @param seed of what was drawn where there were too many states
 * @param violations states that the check refused, of which the first is as small as it can be
 */
public record CrashReport(
        int points,
        int losing,
        long states,
        long later,
        double possible,
        Duration duration,
        long seed,
        List<Violation> violations) {
    /**
     * A state that the check refused.
     *
     * @param point where the power was cut
     * @param lost in words, what did not survive; nothing if even the newest of all blocks is
     *     refused
     * @param cause what the check has thrown
     */
    public record Violation(CrashPoint point, List<String> lost, Throwable cause) {
        @Override
        public String toString() {
            String what = lost.isEmpty() ? "nothing" : String.join("\n    ", lost);
            return "after " + point.marks() + ", lost:\n    " + what + "\n  " + cause;
        }
    }

    /** {@return how many states were checked in a second, by all threads together} */
    public double statesPerSecond() {
        return (states + later) * 1e9 / Math.max(1, duration.toNanos());
    }

    /**
     * Throws if the check has refused a state.
     *
     * @throws AssertionError with this report, and what the check has thrown as its cause
     */
    public void verify() {
        if (!violations.isEmpty()) {
            throw new AssertionError(toString(), violations.getFirst().cause());
        }
    }

    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "%d points, %d of them with something to lose; %d states of %.4g,"
                                        + " and %d after further cuts, %.0f a second; seed %d; %d"
                                        + " violations",
                                points,
                                losing,
                                states,
                                possible,
                                later,
                                statesPerSecond(),
                                seed,
                                violations.size()));
        violations.forEach(violation -> text.append("\n  ").append(violation));
        return text.toString();
    }
}
