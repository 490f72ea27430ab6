// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import io.nvme4j.spec.StatusCode;

import java.time.Duration;
import java.util.Objects;

/**
 * What goes wrong with some I/O commands of an {@link EmbeddedDrive}: {@link #reads()}, {@link
 * #writes()}, {@link #any()} or {@link #opcode} say which ones, further methods say when, and one
 * of {@link #fails}, {@link #slow}, {@link #stuck}, {@link #cutsPower} and those from {@link
 * #dropped} to {@link #tears} says what. Each is a new object. Of several faults, a command meets
 * the first that it is meant by. Fused commands meet none.
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

    /** {@return a fault of Read commands} */
    public static Fault reads() {
        return new Fault("read");
    }

    /** {@return a fault of Write commands} */
    public static Fault writes() {
        return new Fault("write");
    }

    /** {@return a fault of all I/O commands} */
    public static Fault any() {
        return new Fault("any");
    }

    /**
     * {@return what makes a fault of those commands that come once a queue has had so many of them}
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

        /** {@return a fault of Read commands, as {@link Fault#reads}} */
        public Fault reads() {
            return of(Fault.reads());
        }

        /** {@return a fault of Write commands, as {@link Fault#writes}} */
        public Fault writes() {
            return of(Fault.writes());
        }

        /** {@return a fault of all I/O commands, as {@link Fault#any}} */
        public Fault commands() {
            return of(any());
        }

        /**
         * {@return a fault of commands with an opcode, as {@link Fault#opcode}}
         *
         * @param value 0 to 255
         */
        public Fault opcode(int value) {
            return of(Fault.opcode(value));
        }
    }

    /**
     * {@return a fault of commands with an opcode}
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
     * {@return a fault of the controller's being enabled, by an attach or a reset, rather than of a
     * command: the first, second, ... {@linkplain #atCommand time} since the drive was made}
     * {@linkplain #atCommand time} since the drive was made. {@link #stuck} and {@link #slow} are
     * of its becoming ready; the other effects are {@link #fatal} and those that follow it.
     */
    public static Fault enabling() {
        return new Fault("enable");
    }

    /**
     * Only those of namespace 1 that touch one of these blocks.
     *
     * @param first the first block
     * @param blocks how many, at least 1
     * @return the fault with this condition
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
     * @return the fault with this condition
     */
    public Fault atCommand(long number) {
        return with("command=" + positive("number", number));
    }

    /**
     * Only one of so many, by the seed.
     *
     * @param commands at least 1
     * @return the fault with this condition
     */
    public Fault oneIn(long commands) {
        return with("one-in=" + positive("commands", commands));
    }

    /**
     * Only so often in each queue.
     *
     * @param number at least 1
     * @return the fault with this condition
     */
    public Fault times(long number) {
        return with("times=" + positive("number", number));
    }

    /**
     * Only once in each queue.
     *
     * @return the fault with this condition
     */
    public Fault once() {
        return times(1);
    }

    /**
     * It completes with this status, without Do Not Retry, and nothing of it is seen. On a drive
     * whose power may be cut, what a Write or Write Zeroes has written may be there after a cut all
     * the same, unless a Read with FUA has shown otherwise before.
     *
     * @param status Status Code Type and Status Code of the completion
     * @return the fault with this effect
     */
    public Fault fails(StatusCode status) {
        Objects.requireNonNull(status, "status");
        return with("fails=" + Integer.toHexString(status.type().value() << 8 | status.code()));
    }

    /**
     * What fails has Do Not Retry.
     *
     * @return the fault with this effect
     */
    public Fault doNotRetry() {
        return with("dnr");
    }

    /**
     * It fails as long as it touches a block of the range that was not written since the drive was
     * made. Wants {@link #lba}, of up to 65536 blocks, and none of {@link #atCommand}, {@link
     * #oneIn} and {@link #times}.
     *
     * @return the fault with this condition
     */
    public Fault untilRewritten() {
        return with("until-rewritten");
    }

    /**
     * It takes that much longer.
     *
     * @param delay up to an hour
     * @return the fault with this effect
     */
    public Fault slow(Duration delay) {
        return with("slow=" + nanoseconds(delay) + "ns");
    }

    /**
     * It is not executed, and completes when it is aborted; its queue's end or a reset ends it.
     *
     * @return the fault with this effect
     */
    public Fault stuck() {
        return with("stuck");
    }

    /**
     * The drive's power is cut in the middle of it, as by {@link EmbeddedDrive#cutPower}; once in
     * each queue, where {@link #times} doesn't say how often.
     *
     * @return the fault with this effect
     */
    public Fault cutsPower() {
        return with("cuts-power");
    }

    /**
     * It is executed, and never completes: only its queue's end or a reset ends it.
     *
     * @return the fault with this effect
     */
    public Fault dropped() {
        return with("dropped");
    }

    /**
     * It is executed at once, and completes that much later.
     *
     * @param delay up to an hour
     * @return the fault with this effect
     */
    public Fault late(Duration delay) {
        return with("late=" + nanoseconds(delay) + "ns");
    }

    /**
     * It is executed at once, and completes once so many other commands of its queue have.
     *
     * @param commands at least 1
     * @return the fault with this effect
     */
    public Fault lateBy(int commands) {
        return with("late=" + positive("commands", commands));
    }

    /**
     * It completes twice.
     *
     * @return the fault with this effect
     */
    public Fault twice() {
        return with("twice");
    }

    /**
     * Its completion has this command identifier, whose ever it is.
     *
     * @param cid 0 to 65535
     * @return the fault with this effect
     */
    public Fault wrongCid(int cid) {
        return with("wrong-cid=" + unsignedShort("command identifier", cid));
    }

    /**
     * Its completion tells this head of the submission queue (SQHD).
     *
     * @param head 0 to 65535
     * @return the fault with this effect
     */
    public Fault wrongSqhd(int head) {
        return with("wrong-sqhd=" + unsignedShort("head", head));
    }

    /**
     * Its completion has the other phase tag: nobody sees it, nor those that come after it.
     *
     * @return the fault with this effect
     */
    public Fault wrongPhase() {
        return with("wrong-phase");
    }

    /**
     * The doorbell that brings it has no effect; the next one brings it, and what came since.
     *
     * @return the fault with this effect
     */
    public Fault doorbellIgnored() {
        return with("doorbell-ignored");
    }

    /**
     * The controller fails at this command (CSTS.CFS); a reset brings it back.
     *
     * @return the fault with this effect
     */
    public Fault fatal() {
        return with("fatal");
    }

    /**
     * The controller is removed at this command: there is none until the next attach.
     *
     * @return the fault with this effect
     */
    public Fault removed() {
        return with("removed");
    }

    /**
     * The controller is removed at this command, and is back later, for the next reset to find.
     *
     * @param delay until then, up to an hour
     * @return the fault with this effect
     */
    public Fault removed(Duration delay) {
        return with("removed=" + nanoseconds(delay) + "ns");
    }

    /**
     * From this command on the media is read-only: what would write fails with {@link
     * StatusCode#ATTEMPTED_WRITE_TO_READ_ONLY_RANGE}, the SMART log and an event tell of it.
     *
     * @return the fault with this effect
     */
    public Fault readOnly() {
        return with("read-only");
    }

    /**
     * From this command on so much spare is left, as the SMART log tells; an event does where it is
     * less than 10.
     *
     * @param percent 0 to 100
     * @return the fault with this effect
     */
    public Fault spare(int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException(percent + " percent are none of 0 to 100");
        }
        return with("spare=" + percent);
    }

    /**
     * From this command on the controller is hot, which the SMART log and an event tell, and
     * commands take so much longer.
     *
     * @param delay up to an hour
     * @return the fault with this effect
     */
    public Fault throttled(Duration delay) {
        return with("throttled=" + nanoseconds(delay) + "ns");
    }

    /**
     * From this command on the drive is as new: writable, with all spare, and cool.
     *
     * @return the fault with this effect
     */
    public Fault mended() {
        return with("mended");
    }

    private static long nanoseconds(Duration delay) {
        Objects.requireNonNull(delay, "delay");
        if (delay.compareTo(Duration.ZERO) <= 0 || delay.compareTo(MOST_DELAY) > 0) {
            throw new IllegalArgumentException(
                    "a command takes longer by more than nothing, up to an hour, not by " + delay);
        }
        return delay.toNanos();
    }

    private static int unsignedShort(String name, int value) {
        if (value < 0 || value > 0xffff) {
            throw new IllegalArgumentException(name + " " + value + " is none of 0 to 65535");
        }
        return value;
    }

    /**
     * A write tells of success, and changes nothing.
     *
     * @return the fault with this effect
     */
    public Fault loses() {
        return with("loses");
    }

    /**
     * A write tells of success, and changes other blocks of its namespace, as the seed says.
     *
     * @return the fault with this effect
     */
    public Fault misdirects() {
        return with("misdirects");
    }

    /**
     * A read returns what its blocks held before they were written last.
     *
     * @return the fault with this effect
     */
    public Fault stale() {
        return with("stale");
    }

    /**
     * A read finds a bit of one of its blocks changed, as the seed says; with protection
     * information that fails the check of the guard. What is on the medium stays as it is.
     *
     * @return the fault with this effect
     */
    public Fault rots() {
        return with("rots");
    }

    /**
     * As {@link #rots}, but the guard fits what is read, so that nothing tells of it.
     *
     * @return the fault with this effect
     */
    public Fault rotsUnseen() {
        return with("rots-unseen");
    }

    /**
     * If power is cut before a write is durable, it is cut off somewhere in its middle, in a block
     * too, whatever the drive promises of writes that are left as a whole.
     *
     * @return the fault with this effect
     */
    public Fault tears() {
        return with("tears");
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
