// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;

/**
 * When what a job has written is brought to the medium: by the Flush command, or by FUA.
 *
 * @param every a queue pair flushes after so many writes, or 0 for never
 * @param isPartOfWrite whether a write's latency is that of the two
 * @param forcesReads whether reads bypass the device's cache (FUA)
 * @param forcesWrites whether writes do
 * @param atEnd whether there is a flush at the job's end
 */
public record Flushing(
        int every,
        boolean isPartOfWrite,
        boolean forcesReads,
        boolean forcesWrites,
        boolean atEnd) {
    /** Whether there are flushes that have a latency of their own. */
    public boolean isMeasured() {
        return every > 0 && !isPartOfWrite;
    }

    public static Flushing read(Settings job) {
        boolean isSynchronous = job.read("sync", false, Flushing::isSynchronous);
        String message = "this is 0, for never, or a number of writes";
        int every = job.integer("fsync", job.integer("fdatasync", 0, 0, message), 0, message);
        boolean atEnd = job.flag("end_fsync", job.flag("fsync_on_close", false));
        return new Flushing(
                isSynchronous ? 1 : every,
                isSynchronous,
                job.flag("readfua", false),
                job.flag("writefua", false),
                atEnd);
    }

    private static boolean isSynchronous(Setting setting) {
        return switch (setting.value()) {
            case "0", "none" -> false;
            case "1", "sync", "dsync" -> true;
            default -> throw setting.wrong("it is none, sync or dsync");
        };
    }
}
