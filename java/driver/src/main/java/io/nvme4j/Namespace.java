// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.map.BlockLayout;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * A namespace as it was when it was read. It comes from {@link Controller#namespaces()} and is good
 * for commands of that controller alone: another one's blocks may be larger than the caller's
 * buffers are.
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

    /* This, and what was derived from it: they become invalid together. */
    private final Set<Namespace> family;

    private final int id;
    private final long blocks;
    private final BlockLayout layout;
    private final ProtectionFormat protection;

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
            ProtectionFormat protection) {
        this(
                memory,
                id,
                blocks,
                layout,
                protection,
                Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>())));
    }

    private Namespace(
            @Nullable DmaMemory memory,
            int id,
            long blocks,
            BlockLayout layout,
            ProtectionFormat protection,
            Set<Namespace> family) {
        this.memory = memory;
        this.id = id;
        this.blocks = blocks;
        this.layout = layout;
        this.protection = protection;
        this.plain = layout.isPlain();
        this.bytesInBuffer = layout.bytesInBuffer();
        this.family = family;
        family.add(this);
    }

    /** Whether commands on this are rightly made for the other one. */
    boolean hasBlocksOf(Namespace other) {
        return id == other.id && layout.equals(other.layout) && protection.equals(other.protection);
    }

    /** From now on nothing takes commands on it. */
    void invalidate() {
        synchronized (family) {
            family.forEach(namespace -> namespace.memory = null);
        }
    }

    /** Namespace identifier (NSID). */
    public int id() {
        return id;
    }

    /** Size in logical blocks (NSZE). */
    public long blocks() {
        return blocks;
    }

    /** What a block is like, and the boundaries of transfers. */
    public BlockLayout layout() {
        return layout;
    }

    /** Protection information that its metadata have. */
    public ProtectionFormat protection() {
        return protection;
    }

    /** Bytes in a logical block, without metadata. */
    public int blockSize() {
        return layout.blockSize();
    }

    /** Bytes of metadata with each block. */
    public int metadataSize() {
        return layout.metadataSize();
    }

    /** Size in bytes, without metadata. */
    public long sizeInBytes() {
        return blocks * blockSize();
    }

    /**
     * Bytes that so many blocks have in a data buffer, metadata included where they follow each
     * block's data.
     *
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

    /**
     * Blocks that have so many bytes in a data buffer.
     *
     * @throws IllegalArgumentException if that is no whole number of them, or more than a transfer
     *     can have
     */
    public int blocks(long bytes) {
        return layout.blocks(bytes);
    }

    /**
     * The same namespace as if transfers were split elsewhere, to find out what they would become.
     *
     * @param optimalIoBoundary blocks that a command had better not cross a multiple of, or 0
     * @param zoneSize blocks that no command may cross a multiple of, or 0
     */
    public Namespace withBoundaries(long optimalIoBoundary, long zoneSize) {
        BlockLayout cut =
                new BlockLayout(
                        layout.blockSize(),
                        layout.metadataSize(),
                        layout.extended(),
                        optimalIoBoundary,
                        zoneSize);
        return new Namespace(memory, id, blocks, cut, protection, family);
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
        return "namespace " + id + ", " + blocks + " blocks of " + blockSize() + " bytes";
    }
}
