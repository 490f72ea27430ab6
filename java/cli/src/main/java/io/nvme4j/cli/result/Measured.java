// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

/**
 * What was measured of one direction's commands. One thread at a time.
 *
 * <p>A command's latency is {@link #total}. Where it is split, that is the sum of {@link #waiting}
 * from when the command should have started to its submission, {@link #device} from there until it
 * was found completed, and {@link #callback} from there until its handler, and those of the
 * completions found with it, had run. Where it isn't split, all of it counts as the device's.
 */
public final class Measured {
    /** Of a direction that a job does not have. */
    public static final Measured NONE = new Measured(Latencies.NONE);

    private final Latencies device;
    private final Latencies waiting;
    private final Latencies callback;
    private final Latencies total;
    private long bytes;

    /**
     * @param isSplit whether latencies are taken apart
     */
    public Measured(boolean isSplit) {
        this.device = new Latencies();
        this.waiting = isSplit ? new Latencies() : Latencies.NONE;
        this.callback = isSplit ? new Latencies() : Latencies.NONE;
        this.total = isSplit ? new Latencies() : device;
    }

    private Measured(Latencies none) {
        this.device = none;
        this.waiting = none;
        this.callback = none;
        this.total = none;
    }

    /** A command whose latency isn't split. */
    public void record(long nanos, long moved) {
        record(nanos, 1, moved);
    }

    /**
     * Commands whose latencies aren't split, and are the same.
     *
     * @param moved bytes by all of them
     */
    public void record(long nanos, int count, long moved) {
        device.record(nanos, count);
        bytes += moved;
    }

    /** A command whose latency is. */
    public void recordSplit(long waited, long onDevice, long inCallback, long moved) {
        record(onDevice, moved);
        waiting.record(waited);
        callback.record(inCallback);
        total.record(waited + onDevice + inCallback);
    }

    /** Adds what another has measured, split or not. */
    public void add(Measured other) {
        device.add(other.device);
        bytes += other.bytes;
        if (total != device) {
            waiting.add(other.waiting);
            callback.add(other.callback);
            total.add(other.total);
        }
    }

    /** Forgets all. */
    public void reset() {
        device.reset();
        waiting.reset();
        callback.reset();
        total.reset();
        bytes = 0;
    }

    /** Commands that completed without an error. */
    public long count() {
        return device.count();
    }

    /** Bytes that they moved. */
    public long bytes() {
        return bytes;
    }

    /** Whether latencies are taken apart. */
    public boolean isSplit() {
        return total != device;
    }

    /** Whether those of all commands are: in a sum there may be some of which they aren't. */
    public boolean isSplitThroughout() {
        return isSplit() && count() > 0 && waiting.count() == count();
    }

    /** From submission to completion: fio's clat. */
    public Latencies device() {
        return device;
    }

    /** From the intended start to submission: fio's slat. */
    public Latencies waiting() {
        return waiting;
    }

    /** From completion until handlers had run. */
    public Latencies callback() {
        return callback;
    }

    /** From the intended start until handlers had run: fio's lat. */
    public Latencies total() {
        return total;
    }
}
