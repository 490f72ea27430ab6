// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import org.HdrHistogram.Histogram;

import java.nio.ByteBuffer;

/**
 * What was measured of one direction in an interval, in little memory.
 *
 * @param count commands
 * @param bytes that they moved
 * @param waitingNanos sum of their times from the intended start to submission
 * @param deviceNanos sum of their times from there to completion
 * @param totalNanos sum of their latencies
 * @param encoded latencies from the intended start to completion, in nanoseconds, as HdrHistogram
 *     encodes them; empty if there are none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Sample(
        long count,
        long bytes,
        long waitingNanos,
        long deviceNanos,
        long totalNanos,
        byte[] encoded) {
    /* Large, and most of it is not used: one for all samples that a thread makes. */
    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocate(0));

    private static final Sample NOTHING = new Sample(0, 0, 0, 0, 0, new byte[0]);

    static Sample of(Measured measured) {
        return measured.count() == 0
                ? NOTHING
                : new Sample(
                        measured.count(),
                        measured.bytes(),
                        measured.waiting().sum(),
                        measured.device().sum(),
                        measured.total().sum(),
                        encode(measured.total().histogram()));
    }

    private static byte[] encode(Histogram histogram) {
        ByteBuffer buffer = scratch(histogram.getNeededByteBufferCapacity());
        byte[] encoded = new byte[histogram.encodeIntoByteBuffer(buffer)];
        buffer.get(0, encoded);
        return encoded;
    }

    private static ByteBuffer scratch(int bytes) {
        ByteBuffer buffer = SCRATCH.get();
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocate(bytes);
            SCRATCH.set(buffer);
        }
        return buffer.clear();
    }

    /** The latencies, in nanoseconds. */
    public Histogram histogram() {
        if (count == 0) {
            return new Histogram(Latencies.SIGNIFICANT_DIGITS);
        }
        return Histogram.decodeFromByteBuffer(ByteBuffer.wrap(encoded), 0);
    }

    Sample plus(Sample other) {
        if (count == 0 || other.count == 0) {
            return count == 0 ? other : this;
        }
        Histogram sum = histogram();
        sum.add(other.histogram());
        return new Sample(
                count + other.count,
                bytes + other.bytes,
                waitingNanos + other.waitingNanos,
                deviceNanos + other.deviceNanos,
                totalNanos + other.totalNanos,
                encode(sum));
    }
}
