// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import java.util.List;

/** What a command wrote into a block. Two of them are the same only if they are one. */
public final class Version {
    final RecordedCommand command;

    final int block;

    private final long content;
    private final long hash;
    private final long otherHash;

    /* Of the block and its content; of an image, their sums. */
    final long high;
    final long low;

    /**
     * The versions that are on the medium together or not at all while the command is in flight.
     */
    private List<Version> piece = List.of(this);

    /**
     * @param content where it is, for who makes images
     * @param hash with {@code otherHash} a hash of the content, equal only where contents are
     */
    public Version(RecordedCommand command, int block, long content, long hash, long otherHash) {
        this.command = command;
        this.block = block;
        this.content = content;
        this.hash = hash;
        this.otherHash = otherHash;
        this.high = mix(hash + block * 0x9e3779b97f4a7c15L);
        this.low = mix(otherHash ^ this.high);
    }

    /** The one that was there before the recording began. */
    public static Version earlier(int block, long content, long hash, long otherHash) {
        return new Version(RecordedCommand.EARLIER, block, content, hash, otherHash);
    }

    /** The same content, of another command and under another number of the block. */
    Version of(RecordedCommand other, int number) {
        return new Version(other, number, content, hash, otherHash);
    }

    private static long mix(long number) {
        long mixed = (number ^ number >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    /** Says that these survive together or not at all. */
    public static void join(List<Version> versions) {
        List<Version> piece = List.copyOf(versions);
        piece.forEach(version -> version.piece = piece);
    }

    public RecordedCommand command() {
        return command;
    }

    /** The block, by its number among those that the recording has touched. */
    public int block() {
        return block;
    }

    public long content() {
        return content;
    }

    List<Version> piece() {
        return piece;
    }

    /** Whether a cut at this time leaves all of its piece, or nothing. */
    boolean isAtomic(long time) {
        return piece.size() > 1 && command.isInFlight(time);
    }

    boolean isBefore(Version other) {
        return command.isBefore(other.command);
    }

    @Override
    public String toString() {
        return "block " + block + " by " + command;
    }
}
