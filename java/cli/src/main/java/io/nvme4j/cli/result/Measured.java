// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

/**
 * What was measured of one direction's commands. One thread at a time.
 *
 * <p>Three latencies: {@link #waiting} from when a command should have started to its submission,
 * {@link #device} from there to its completion, and {@link #total} of both. Where commands have no
 * rate they should start when there is a slot, so that the first is nothing, and the other two are
 * one.
 */
public final class Measured {
    /** Of a direction that a job does not have. */
    public static final Measured NONE = new Measured(Latencies.NONE);

    private final Latencies device;
    private final Latencies waiting;
    private final Latencies total;
    private long bytes;

    /**
     * @param isPaced whether commands have a time at which they should start
     */
    public Measured(boolean isPaced) {
        this.device = new Latencies();
        this.waiting = isPaced ? new Latencies() : Latencies.NONE;
        this.total = isPaced ? new Latencies() : device;
    }

    private Measured(Latencies none) {
        this.device = none;
        this.waiting = none;
        this.total = none;
    }

    /** A command that had no time at which it should start. */
    public void record(long nanos, long moved) {
        device.record(nanos);
        bytes += moved;
    }

    /** A command that had one. */
    public void recordPaced(long waited, long nanos, long moved) {
        record(nanos, moved);
        waiting.record(waited);
        total.record(waited + nanos);
    }

    /** Adds what another has measured, paced or not. */
    public void add(Measured other) {
        device.add(other.device);
        bytes += other.bytes;
        if (total != device) {
            waiting.add(other.waiting);
            total.add(other.total);
        }
    }

    /** Forgets all. */
    public void reset() {
        device.reset();
        waiting.reset();
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

    /** Whether waiting was measured. */
    public boolean isPaced() {
        return total != device;
    }

    /** From submission to completion: fio's clat. */
    public Latencies device() {
        return device;
    }

    /** From the intended start to submission: fio's slat. */
    public Latencies waiting() {
        return waiting;
    }

    /** From the intended start to completion: fio's lat. */
    public Latencies total() {
        return total;
    }
}
