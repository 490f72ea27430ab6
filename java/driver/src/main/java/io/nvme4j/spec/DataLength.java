// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.util.Objects;
import java.util.function.IntToLongFunction;

/**
 * How much data a command has, by its fields (each command's own section). A controller goes by
 * these alone, whatever memory it is given.
 *
 * <p>Dwords are asked for by number, and come in pairs: a dword, and the next in the upper half.
 */
public final class DataLength {
    /** What is known of it. */
    public enum Kind {
        /** How many bytes there are. */
        BYTES,
        /** How many bytes there are at most. */
        BYTES_AT_MOST,
        /** How many logical blocks there are. */
        BLOCKS,
        /** Nothing: only the command's own description tells. */
        UNKNOWN
    }

    /** Bytes of an Identify data structure and of a controller list, and most of a feature's. */
    public static final int STRUCTURE_BYTES = 4096;

    static final DataLength NONE = bytes(0);
    static final DataLength STRUCTURE = bytes(STRUCTURE_BYTES);

    /** That of a command that nobody knows. */
    public static final DataLength UNKNOWN = new DataLength(Kind.UNKNOWN, dwords -> 0);

    /** Number of Logical Blocks (NLB) in CDW12 bits 15:0. */
    static final DataLength BLOCKS = new DataLength(Kind.BLOCKS, counted(12, 0, 16, 1).rule);

    private static final int DWORD = 4;

    private final Kind kind;
    private final Rule rule;

    private interface Rule {
        long apply(IntToLongFunction dwords);
    }

    private DataLength(Kind kind, Rule rule) {
        this.kind = kind;
        this.rule = rule;
    }

    /** The same number of bytes, whatever the fields say. */
    static DataLength bytes(long number) {
        return new DataLength(Kind.BYTES, dwords -> number);
    }

    /**
     * As many things as a field says, which is 0's based.
     *
     * @param dword where the field begins; it may go on in the next one
     * @param shift number of the field's lowest bit
     * @param bits of the field, less than 64
     * @param size of each thing in bytes
     */
    static DataLength counted(int dword, int shift, int bits, int size) {
        return new DataLength(
                Kind.BYTES, dwords -> (field(dwords.applyAsLong(dword), shift, bits) + 1) * size);
    }

    /** As many dwords as a field of 32 bits says, which is 0's based. */
    static DataLength countedDwords(int dword) {
        return counted(dword, 0, Integer.SIZE, DWORD);
    }

    /** As many bytes as a dword says, which is not 0's based. */
    static DataLength inDword(int dword) {
        return new DataLength(
                Kind.BYTES, dwords -> field(dwords.applyAsLong(dword), 0, Integer.SIZE));
    }

    /** This, if a field is 0; no data otherwise. */
    DataLength where(int dword, int bits) {
        return new DataLength(
                kind,
                dwords -> field(dwords.applyAsLong(dword), 0, bits) == 0 ? rule.apply(dwords) : 0);
    }

    /** The same, as a limit. */
    DataLength atMost() {
        return new DataLength(Kind.BYTES_AT_MOST, rule);
    }

    private static long field(long dwords, int shift, int bits) {
        return dwords >>> shift & (1L << bits) - 1;
    }

    /** {@return what {@link #of} counts} */
    public Kind kind() {
        return kind;
    }

    /**
     * {@return how much a command has, in what its {@link #kind} says; 0 where nothing is known}
     *
     * @param dwords a dword of the command by its number, and the next one in the upper half
     */
    public long of(IntToLongFunction dwords) {
        return rule.apply(Objects.requireNonNull(dwords, "dwords"));
    }
}
