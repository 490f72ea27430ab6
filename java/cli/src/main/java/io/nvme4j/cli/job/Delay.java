// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Units;

import java.util.SplittableRandom;

/**
 * How long a job waits before it begins: each of its copies a time of its own.
 *
 * @param least nanoseconds
 * @param most nanoseconds
 */
public record Delay(long least, long most) {
    /** Reads a time, or two with {@code -}, {@code :} or a comma between them. */
    public static Delay read(Setting setting) {
        String[] ends = setting.value().split("[-:,]", -1);
        if (ends.length > 2) {
            throw setting.wrong("a delay is a time, or a range of times such as 1-2.5s");
        }
        long first = Units.nanos(setting, ends[0], Units.SECOND);
        long second = Units.nanos(setting, ends[ends.length - 1], Units.SECOND);
        return new Delay(Math.min(first, second), Math.max(first, second));
    }

    /** Nanoseconds of a copy of the job; the same for the same seed. */
    public long nanos(long seed) {
        return new SplittableRandom(seed).nextLong(least, most + 1);
    }
}
