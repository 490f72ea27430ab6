// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.queue.ForcedAccess;
import io.nvme4j.internal.queue.IoRecorder;
import io.nvme4j.internal.wait.Nanos;
import io.nvme4j.map.DataPointerForm;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/**
 * What a queue pair is to be like. Immutable: each method gives new options with one thing changed.
 */
public final class QueuePairOptions {
    final int depth;
    final int standby;
    final @Nullable DataPointerForm form;
    final int completionsPerPoll;
    final long slowNanos;
    final ForcedAccess access;

    private QueuePairOptions(
            int depth,
            int standby,
            @Nullable DataPointerForm form,
            int completionsPerPoll,
            long slowNanos,
            ForcedAccess access) {
        this.depth = depth;
        this.standby = standby;
        this.form = form;
        this.completionsPerPoll = completionsPerPoll;
        this.slowNanos = slowNanos;
        this.access = access;
    }

    /**
     * {@return a queue pair with room for so many commands, and nothing else that is special}
     *
     * @param commands that can be in flight at once, 1 to {@link Limits#queueDepth()}
     * @throws IllegalArgumentException if it is less than 1
     */
    public static QueuePairOptions depth(int commands) {
        if (commands < 1) {
            throw new IllegalArgumentException(
                    "a queue pair has a depth of 1 or more, not " + commands);
        }
        return new QueuePairOptions(
                commands, 0, null, Integer.MAX_VALUE, IoRecorder.SLOW_NANOS, ForcedAccess.NONE);
    }

    /**
     * Takes commands beyond the depth, too: these are on standby in the queue pair, and take the
     * places of those that complete, in order and before the {@link QueuePair#process} that finds
     * these tells of them. So the controller has its next command while the caller looks at the
     * completion of the last; which is for load that doesn't depend on what was read.
     *
     * @param commands that can wait so, 0 (as without this) to {@link Limits#standby()}
     * @return a copy of these options with that
     * @throws IllegalArgumentException if it is negative
     */
    public QueuePairOptions standby(int commands) {
        if (commands < 0) {
            throw new IllegalArgumentException(
                    "%d commands on standby are out of range".formatted(commands));
        }
        return new QueuePairOptions(depth, commands, form, completionsPerPoll, slowNanos, access);
    }

    /**
     * Makes data pointers of one form only, to try it out or to compare.
     *
     * @param form that the controller and its transport take
     * @return a copy of these options with that
     */
    public QueuePairOptions form(DataPointerForm form) {
        Objects.requireNonNull(form, "form");
        return new QueuePairOptions(depth, standby, form, completionsPerPoll, slowNanos, access);
    }

    /**
     * Has {@link QueuePair#process} reap no more than so many completions; without this it reaps
     * all that there are.
     *
     * @param most at least 1
     * @return a copy of these options with that
     * @throws IllegalArgumentException if it is less
     */
    public QueuePairOptions completionsPerPoll(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("a poll reaps at least 1 completion, not " + most);
        }
        return new QueuePairOptions(depth, standby, form, most, slowNanos, access);
    }

    /**
     * Says from which latency on the Flight Recorder is told of a command, as it is of one that
     * fails: 10 ms, without this.
     *
     * @param threshold 0 or more; 0 is for every command
     * @return a copy of these options with that
     * @throws IllegalArgumentException if it is negative
     */
    public QueuePairOptions slow(Duration threshold) {
        return new QueuePairOptions(
                depth, standby, form, completionsPerPoll, Nanos.ofLatency(threshold), access);
    }

    /**
     * Has reads and writes bypass the controller's volatile cache (FUA), or not.
     *
     * @param reads whether reads do
     * @param writes whether writes do
     * @return a copy of these options with that
     */
    public QueuePairOptions forceUnitAccess(boolean reads, boolean writes) {
        return new QueuePairOptions(
                depth,
                standby,
                form,
                completionsPerPoll,
                slowNanos,
                new ForcedAccess(reads, writes));
    }
}
