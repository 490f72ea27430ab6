// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

/**
 * When a job begins and ends. Times are in nanoseconds.
 *
 * @param startDelay before its warm-up
 * @param ramp warm-up, which isn't measured
 * @param runtime length of the measurement at most, or 0 for no such limit
 * @param timeBased whether it goes on to the end of its runtime when it is through its region
 * @param ioSize what it moves, or nothing for the size of its region; a percentage is of that
 * @param loops how often it moves that
 * @param numberOfIos it issues at most; a percentage is of those that the namespace has room for
 */
public record Limits(
        Delay startDelay,
        long ramp,
        long runtime,
        boolean timeBased,
        Extent ioSize,
        int loops,
        Extent numberOfIos) {}
