// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import io.nvme4j.spec.StatusCode;

import java.time.Duration;
import java.util.Objects;

/**
 * What goes wrong with some I/O commands of an {@link EmbeddedDrive}: {@link #reads()}, {@link
 * #writes()}, {@link #any()} or {@link #opcode} say which ones, further methods say when, and one
 * of {@link #fails}, {@link #slow}, {@link #stuck} and {@link #cutsPower} says what. Each is a new
 * object. Of several faults, a command meets the first that it is meant by. Fused commands meet
 * none.
 *
 * <p>Whether a command meets one depends on the drive's seed, its queue's identifier, and the
 * command's number in it, never on time: a run repeats, queue by queue, whatever the threads.
 */
public final class Fault {
    private static final Duration MOST_DELAY = Duration.ofHours(1);

    private final String text;

    private Fault(String text) {
        this.text = text;
    }

    private Fault with(String word) {
        return new Fault(text + "," + word);
    }

    /** Of Read commands. */
    public static Fault reads() {
        return new Fault("read");
    }

    /** Of Write commands. */
    public static Fault writes() {
        return new Fault("write");
    }

    /** Of all I/O commands. */
    public static Fault any() {
        return new Fault("any");
    }

    /**
     * Of those that come once a queue has had so many of them.
     *
     * @param commands at least 1
     */
    public static After after(long commands) {
        return new After(positive("commands", commands));
    }

    /** How many commands go without a fault; the methods say of which. */
    public static final class After {
        private final long commands;

        private After(long commands) {
            this.commands = commands;
        }

        private Fault of(Fault fault) {
            return fault.with("after=" + commands);
        }

        /** Of Read commands, as {@link Fault#reads}. */
        public Fault reads() {
            return of(Fault.reads());
        }

        /** Of Write commands, as {@link Fault#writes}. */
        public Fault writes() {
            return of(Fault.writes());
        }

        /** Of all I/O commands, as {@link Fault#any}. */
        public Fault commands() {
            return of(any());
        }

        /** Of commands with an opcode, as {@link Fault#opcode}. */
        public Fault opcode(int value) {
            return of(Fault.opcode(value));
        }
    }

    /**
     * Of commands with an opcode.
     *
     * @param value 0 to 255
     * @throws IllegalArgumentException if it is none
     */
    public static Fault opcode(int value) {
        if (value < 0 || value > 255) {
            throw new IllegalArgumentException("opcode " + value + " is none of 0 to 255");
        }
        return new Fault("0x" + Integer.toHexString(value));
    }

    /**
     * Only those of namespace 1 that touch one of these blocks.
     *
     * @param first the first block
     * @param blocks how many, at least 1
     */
    public Fault lba(long first, long blocks) {
        if (first < 0) {
            throw new IllegalArgumentException("first block " + first + " is negative");
        }
        return with("lba=" + first + "+" + positive("blocks", blocks));
    }

    /**
     * Only a queue's I/O command with this number.
     *
     * @param number from 1, counted over all attaches
     */
    public Fault atCommand(long number) {
        return with("command=" + positive("number", number));
    }

    /**
     * Only one of so many, by the seed.
     *
     * @param commands at least 1
     */
    public Fault oneIn(long commands) {
        return with("one-in=" + positive("commands", commands));
    }

    /**
     * Only so often in each queue.
     *
     * @param number at least 1
     */
    public Fault times(long number) {
        return with("times=" + positive("number", number));
    }

    /** Only once in each queue. */
    public Fault once() {
        return times(1);
    }

    /** It isn't executed, and completes with this status, without Do Not Retry. */
    public Fault fails(StatusCode status) {
        Objects.requireNonNull(status, "status");
        return with("fails=" + Integer.toHexString(status.type().value() << 8 | status.code()));
    }

    /** What fails has Do Not Retry. */
    public Fault doNotRetry() {
        return with("dnr");
    }

    /**
     * It fails as long as it touches a block of the range that was not written since the drive was
     * made. Wants {@link #lba}, of up to 65536 blocks, and none of {@link #atCommand}, {@link
     * #oneIn} and {@link #times}.
     */
    public Fault untilRewritten() {
        return with("until-rewritten");
    }

    /**
     * It takes that much longer.
     *
     * @param delay up to an hour
     */
    public Fault slow(Duration delay) {
        Objects.requireNonNull(delay, "delay");
        if (delay.compareTo(Duration.ZERO) <= 0 || delay.compareTo(MOST_DELAY) > 0) {
            throw new IllegalArgumentException(
                    "a command takes longer by more than nothing, up to an hour, not by " + delay);
        }
        return with("slow=" + delay.toNanos() + "ns");
    }

    /** It is not executed, and completes when it is aborted; its queue's end or a reset ends it. */
    public Fault stuck() {
        return with("stuck");
    }

    /**
     * The drive's power is cut in the middle of it, as by {@link EmbeddedDrive#cutPower}; once in
     * each queue, where {@link #times} doesn't say how often.
     */
    public Fault cutsPower() {
        return with("cuts-power");
    }

    private static long positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is less than 1: " + value);
        }
        return value;
    }

    /** As in a transport id, in {@code faults:}. */
    @Override
    public String toString() {
        return text;
    }
}
