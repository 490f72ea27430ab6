// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

/** A place in a {@link Gather}, from which a walk goes on. Reusable; not thread-safe. */
public final class GatherCursor {
    private Gather gather = new Gather();
    private int index;
    private long inside;

    /** Goes to the first byte. */
    public void begin(Gather gather) {
        this.gather = gather;
        this.index = 0;
        this.inside = 0;
    }

    /** Goes where another cursor is. */
    void set(GatherCursor other) {
        this.gather = other.gather;
        this.index = other.index;
        this.inside = other.inside;
    }

    /** Moves on by so many bytes, at most to the end. */
    public void advance(long bytes) {
        inside += bytes;
        while (index < gather.size() && inside >= gather.length(index)) {
            inside -= gather.length(index++);
        }
    }

    boolean isBitBucket() {
        return gather.isBitBucket(index);
    }

    /** Bytes from here to the end of the range that this is in. */
    long left() {
        return gather.length(index) - inside;
    }

    MappedMemory memory() {
        return gather.memory(index);
    }

    /** Of this place, in its memory. */
    long offset() {
        return gather.offset(index) + inside;
    }

    long iova() {
        return memory().iova(offset());
    }

    long address() {
        return memory().address() + offset();
    }
}
