// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.Geometry;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * A namespace as it was when it was read, or a slice of one. It comes from {@link
 * Controller#namespaces()} and is good for commands of that controller alone: another one's blocks
 * may be larger than the caller's buffers are.
 *
 * <p>A {@link #slice} is taken wherever commands on blocks are, and its blocks are counted from 0.
 * What is not inside it is refused with {@link IndexOutOfBoundsException} before anything is sent;
 * of a whole namespace, that is the controller's to refuse. A Flush of a slice is one of the whole
 * namespace, as are its health, its Identify data structure, and reference tags of protection
 * information: these count from the namespace's first block. An {@link Admin} command is never one
 * of a slice: it would reach outside.
 *
 * <p>What it says never changes. Where the controller's namespace does ({@link Admin} formats it,
 * another host does, or a target comes back with another disk), so that its blocks are no longer
 * what this says, all that takes commands refuses this with an {@link IllegalStateException}:
 * {@link Controller#namespace} has it anew. One that has only grown or shrunk can still be used,
 * and goes on saying its old size.
 *
 * <p>Thread-safe.
 */
public final class Namespace {
    /** The NSID that stands for all namespaces, or for the controller (Base, "NSID"). */
    static final int ALL = 0xFFFF_FFFF;

    /* Null once the controller's namespace has other blocks. Not volatile: each command looks at it. */
    private @Nullable DmaMemory memory;

    /* The same, where nothing else is to be asked before a command on it; else null. */
    private @Nullable DmaMemory directMemory;

    /* This, and what was derived from it: they become invalid together. */
    private final Set<Namespace> family;

    private final int id;
    private final long firstBlock;
    private final long blocks;
    private final Namespace whole; // this, unless it is a slice
    private final BlockLayout layout;
    private final ProtectionFormat protection;
    private final Geometry geometry;

    /* What each command asks of the layout, which is a look at one object less. */
    private final boolean plain;
    private final int bytesInBuffer;

    /**
     * @param memory of the controller that has the namespace
     */
    Namespace(
            DmaMemory memory,
            int id,
            long blocks,
            BlockLayout layout,
            ProtectionFormat protection,
            Geometry geometry) {
        this.id = id;
        this.firstBlock = 0;
        this.blocks = blocks;
        this.whole = this;
        this.layout = layout;
        this.protection = protection;
        this.geometry = geometry;
        this.plain = layout.isPlain();
        this.bytesInBuffer = layout.bytesInBuffer();
        this.family = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
        family.add(this);
        belongTo(memory);
    }

    /** The same whole namespace, of which something else is said. */
    private Namespace(Namespace other, long blocks, BlockLayout layout, Geometry geometry) {
        this.id = other.id;
        this.firstBlock = 0;
        this.blocks = blocks;
        this.whole = this;
        this.layout = layout;
        this.protection = other.protection;
        this.geometry = geometry;
        this.plain = layout.isPlain();
        this.bytesInBuffer = layout.bytesInBuffer();
        this.family = other.family;
        join(other);
    }

    /** From now on this becomes invalid together with the other one, if that is valid yet. */
    private void join(Namespace other) {
        synchronized (family) {
            family.add(this);
            belongTo(other.memory);
        }
    }

    /** Whether commands on this are rightly made for the other one. */
    boolean hasBlocksOf(Namespace other) {
        return id == other.id && layout.equals(other.layout) && protection.equals(other.protection);
    }

    /**
     * What this is by now: this, unless it has grown, or shrunk, or has another geometry.
     *
     * @param now as it was just read, with the same blocks
     */
    Namespace as(Namespace now) {
        return blocks == now.blocks && geometry.equals(now.geometry)
                ? this
                : new Namespace(this, now.blocks, layout, now.geometry);
    }

    /** From now on nothing takes commands on it. */
    void invalidate() {
        synchronized (family) {
            family.forEach(namespace -> namespace.belongTo(null));
        }
    }

    private void belongTo(@Nullable DmaMemory controllers) {
        memory = controllers;
        directMemory = plain && !isSlice() ? controllers : null;
    }

    /**
     * A slice of a namespace, or of a slice.
     *
     * @param first block of the slice in the other
     */
    private Namespace(Namespace outer, long first, long blocks) {
        this.id = outer.id;
        this.firstBlock = outer.firstBlock + first;
        this.blocks = blocks;
        this.whole = outer.whole;
        this.layout = outer.layout;
        this.protection = outer.protection;
        this.geometry = outer.geometry.from(first * outer.blockSize());
        this.plain = outer.plain;
        this.bytesInBuffer = outer.bytesInBuffer;
        this.family = outer.family;
        join(outer);
    }

    /**
     * {@return a part of it, for whom nothing outside is to be touched: slices may be sliced again}
     * Two that overlap are the caller's business.
     *
     * @param firstBlock of the slice, from 0
     * @param blocks how many, 1 or more
     * @throws IndexOutOfBoundsException if they are not inside this
     */
    public Namespace slice(long firstBlock, long blocks) {
        if (blocks < 1) {
            throw new IllegalArgumentException("a slice has 1 block or more, not " + blocks);
        }
        Objects.checkFromIndexSize(firstBlock, blocks, this.blocks);
        return new Namespace(this, firstBlock, blocks);
    }

    /** {@return the namespace identifier (NSID), of a slice that of its namespace} */
    public int id() {
        return id;
    }

    /** {@return where in the namespace a slice begins, in blocks; 0 of a whole one} */
    public long firstBlock() {
        return firstBlock;
    }

    /** {@return the size in logical blocks (NSZE, unless it is a slice)} */
    public long blocks() {
        return blocks;
    }

    /** {@return which writes are atomic, what is fast, and where blocks begin, in bytes} */
    public Geometry geometry() {
        return geometry;
    }

    /**
     * {@return what a block is like, and the boundaries of transfers} These are multiples from the
     * namespace's first block on, also of a slice; {@link #geometry()} has them as they are seen
     * from there.
     */
    public BlockLayout layout() {
        return layout;
    }

    /** {@return what protection information its metadata have} */
    public ProtectionFormat protection() {
        return protection;
    }

    /** {@return how many bytes a logical block has, without metadata} */
    public int blockSize() {
        return layout.blockSize();
    }

    /** {@return how many bytes of metadata each block has} */
    public int metadataSize() {
        return layout.metadataSize();
    }

    /** {@return the size in bytes, without metadata} */
    public long sizeInBytes() {
        return blocks * blockSize();
    }

    /**
     * {@return how many bytes so many blocks have in a data buffer, metadata included where they
     * follow each block's data}
     *
     * @param count blocks of one command, 1 to 65536
     * @throws IllegalArgumentException if a command can't have that many
     */
    public long length(int count) {
        if (count < 1 || count > BlockLayout.MAXIMUM_BLOCKS) {
            throw new IllegalArgumentException(
                    "a command moves 1 to " + BlockLayout.MAXIMUM_BLOCKS + " blocks, not " + count);
        }
        return (long) count * bytesInBuffer;
    }

    /** As {@link BlockLayout#isPlain}. */
    boolean isPlain() {
        return plain;
    }

    /** Whether commands are checked to stay inside. */
    boolean isSlice() {
        return whole != this;
    }

    /** What it is a slice of, directly or not; this, if it is none. */
    Namespace whole() {
        return whole;
    }

    /**
     * {@return how many blocks have so many bytes in a data buffer}
     *
     * @param bytes of whole blocks, metadata included where they follow each block's data
     * @throws IllegalArgumentException if that is no whole number of them, or more than a transfer
     *     can have
     */
    public int blocks(long bytes) {
        return layout.blocks(bytes);
    }

    /**
     * The LBA by which the controller knows a block, which begins some that a command is about.
     *
     * @param startingLba as the caller counts
     * @param count blocks, 1 or more
     * @throws IndexOutOfBoundsException if they are not inside a slice
     */
    long lba(long startingLba, int count) {
        if (isSlice()) {
            checkInside(startingLba, count);
        }
        return firstBlock + startingLba;
    }

    private void checkInside(long startingLba, int count) {
        if (startingLba < 0 || startingLba > blocks - count) {
            throw new IndexOutOfBoundsException(
                    "the slice has %d blocks, and none of them are the %d from block %s on"
                            .formatted(blocks, count, Long.toUnsignedString(startingLba)));
        }
    }

    /**
     * {@return the whole namespace as if transfers were split elsewhere, to find out what they
     * would become} Its geometry stays what it is.
     *
     * @param optimalIoBoundary blocks that a command had better not cross a multiple of, or 0
     * @param zoneSize blocks that no command may cross a multiple of, or 0
     * @throws IllegalStateException if this is a slice: slice what this returns
     */
    public Namespace withBoundaries(long optimalIoBoundary, long zoneSize) {
        if (isSlice()) {
            throw new IllegalStateException(
                    "a slice is cut as its namespace is: slice what has other boundaries");
        }
        BlockLayout cut =
                new BlockLayout(
                        layout.blockSize(),
                        layout.metadataSize(),
                        layout.extended(),
                        optimalIoBoundary,
                        zoneSize);
        return new Namespace(this, blocks, cut, geometry);
    }

    /**
     * Checks that the namespace is the controller's whose memory this is.
     *
     * @throws IllegalArgumentException if it is another's
     * @throws IllegalStateException if the controller's has other blocks by now
     */
    void checkMemory(DmaMemory user) {
        if (user != memory) {
            throw unusable();
        }
    }

    /**
     * Whether it is the controller's whose memory this is, and a command on it needs no other
     * check, and nothing beside its data: the one question of most commands.
     */
    boolean isDirect(DmaMemory user) {
        return user == directMemory;
    }

    private RuntimeException unusable() {
        return memory == null
                ? new IllegalStateException(
                        "namespace %d has changed since this object was read, and its blocks are others: take Controller.namespace(%d) again"
                                .formatted(id, id))
                : new IllegalArgumentException(
                        "the namespace belongs to another controller: take one of this controller's"
                                + " namespaces()");
    }

    @Override
    public String toString() {
        String size = blocks + " blocks of " + blockSize() + " bytes";
        return isSlice()
                ? "slice of namespace " + id + " from block " + firstBlock + ", " + size
                : "namespace " + id + ", " + size;
    }
}
