// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.bytes;

import io.nvme4j.memory.DmaBuffer;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a write has while it goes on: its blocks, which nobody else writes, and a buffer for those
 * that it changes in part. It ends when its caller and all of its commands have ended: after a
 * time-out the controller may still write the blocks, which must not come after another's write.
 */
public final class Claim {
    private final RangeLocks locks;
    private final RangeLocks.Range range;
    private final Scratch scratch;
    private @Nullable DmaBuffer buffer;

    /* The caller, and commands. */
    private final AtomicInteger holders = new AtomicInteger(1);

    public Claim(RangeLocks locks, RangeLocks.Range range, Scratch scratch) {
        this.locks = locks;
        this.range = range;
        this.scratch = scratch;
    }

    /** Takes a buffer as well; as {@link Scratch#acquire}. */
    public @Nullable DmaBuffer acquire(long nanos) {
        buffer = scratch.acquire(nanos);
        return buffer;
    }

    /** A command is to be published. */
    public void join() {
        holders.incrementAndGet();
    }

    /** The caller has ended, or a command has. The last has what is claimed set free. */
    public void leave() {
        if (holders.decrementAndGet() == 0) {
            DmaBuffer used = buffer;
            if (used != null) {
                scratch.release(used);
            }
            locks.unlock(range);
        }
    }
}
