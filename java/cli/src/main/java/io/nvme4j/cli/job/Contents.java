// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.option.Units;

import java.util.Optional;

/**
 * What is in the data of each write, where they are made anew for each: so much that can be
 * compressed away, and so much that is there already.
 *
 * @param compressible percentage of each chunk that is not random, but zeros or the pattern
 * @param chunk bytes of a chunk, or 0 for a write as a whole
 * @param duplicates percentage of the writes whose data are those of another write
 * @param setPercentage how much of what the job works on is the set from which duplicates are
 *     taken, or 0 where they are those of the write before
 * @param isShared whether that set is one with those of the other jobs that share theirs
 */
public record Contents(
        int compressible, long chunk, int duplicates, int setPercentage, boolean isShared) {
    private static final int USUAL_SET = 5;
    private static final long USUAL_CHUNK = 512;

    /** Empty where data are made once. */
    public static Optional<Contents> read(Settings job) {
        Contents contents =
                new Contents(
                        percentage(job, "buffer_compress_percentage", 0),
                        job.bytes("buffer_compress_chunk", USUAL_CHUNK),
                        percentage(job, "dedupe_percentage", 0),
                        setPercentage(job),
                        job.flag("dedupe_global", false));
        if (contents.isShared && contents.setPercentage == 0) {
            job.wrong("dedupe_global", "jobs share sets: this needs dedupe_mode=working_set");
        }
        boolean isMade = contents.compressible > 0 || contents.duplicates > 0;
        return isMade || job.flag("refill_buffers", false)
                ? Optional.of(contents)
                : Optional.empty();
    }

    private static int setPercentage(Settings job) {
        int share = percentage(job, "dedupe_working_set_percentage", USUAL_SET);
        return switch (job.text("dedupe_mode", "repeat")) {
            case "repeat" -> 0;
            case "working_set" -> Math.max(1, share);
            default -> {
                job.wrong("dedupe_mode", "it is repeat or working_set");
                yield 0;
            }
        };
    }

    private static int percentage(Settings job, String name, int otherwise) {
        return job.read(name, otherwise, setting -> Units.percentage(setting, setting.value()));
    }
}
