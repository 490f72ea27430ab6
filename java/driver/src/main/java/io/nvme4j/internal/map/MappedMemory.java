// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Memory that a controller reaches, and where: the page table, and PRP entries that are ready for
 * use. Thread-safe; all but whether it is alive never changes.
 */
public final class MappedMemory {
    /** PRP1 and PRP2 hold this many entries without a list. */
    private static final int ENTRIES_WITHOUT_LIST = 2;

    /*
     * Read for each command, where the read may not keep the compiler from remembering the other
     * fields. Nothing that a closer wrote is read on the strength of it: Closings sees to order.
     */
    private static final VarHandle ALIVE = handleOfAlive();

    private final long address;
    private final long length;
    private final PageTable pages;
    private final long inFirstPage;
    private final int pageShift;
    private final @Nullable PrpTable prps;

    @SuppressWarnings("UnusedVariable") // see ALIVE
    private boolean alive = true;

    private MappedMemory(
            long address, long length, PageTable pages, int pageSize, @Nullable PrpTable prps) {
        this.address = address;
        this.length = length;
        this.pages = pages;
        this.inFirstPage = address & (pageSize - 1);
        this.pageShift = Integer.numberOfTrailingZeros(pageSize);
        this.prps = prps;
    }

    private static VarHandle handleOfAlive() {
        try {
            return MethodHandles.lookup().findVarHandle(MappedMemory.class, "alive", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Memory for transports that build data pointers themselves.
     *
     * @param address virtual address
     * @param length bytes
     */
    public static MappedMemory untranslated(long address, long length) {
        return new MappedMemory(address, length, PageTable.identity(address), 1, null);
    }

    /**
     * Memory for controllers that are given PRPs and SGLs.
     *
     * @param address virtual address
     * @param length bytes
     * @param pageIovas IOVA of each page that the memory touches
     * @param pageSize bytes in a page of PRPs, a power of two
     * @param lists {@link #listPages} of pages, or null for memory that never needs a list twice
     */
    public static MappedMemory of(
            long address, long length, long[] pageIovas, int pageSize, @Nullable ListPages lists) {
        int shift = Integer.numberOfTrailingZeros(pageSize);
        PrpTable prps = lists == null ? null : new PrpTable(pageIovas, lists, pageSize);
        return new MappedMemory(
                address, length, PageTable.of(address, pageIovas, shift), pageSize, prps);
    }

    /**
     * A part of it that lives and dies by itself, and has the same page table and PRP entries.
     *
     * @param offset where it begins, in bytes
     * @param length bytes
     */
    public MappedMemory slice(long offset, long length) {
        int first = (int) (fromFirstPage(offset) >>> pageShift);
        int last = (int) (fromFirstPage(offset + length - 1) >>> pageShift);
        return new MappedMemory(
                address + offset,
                length,
                pages.from(offset),
                1 << pageShift,
                prps == null ? null : prps.slice(first, last));
    }

    /** Pages that hold ready PRP entries for so many pages of memory; 0 where it needs no list. */
    public static int listPages(int pages, int pageSize) {
        return pages <= ENTRIES_WITHOUT_LIST ? 0 : PrpTable.pages(pages, pageSize);
    }

    /** Virtual address of the first byte. */
    public long address() {
        return address;
    }

    /** Bytes. */
    public long length() {
        return length;
    }

    /** Whether commands may use it. */
    public boolean isAlive() {
        return (boolean) ALIVE.getOpaque(this);
    }

    /** From now on, no command may use it. */
    public void kill() {
        ALIVE.setVolatile(this, false);
    }

    /** The IOVA of a byte. */
    public long iova(long offset) {
        return pages.iova(offset);
    }

    /** How many bytes from an offset on are at one run of IOVAs, at most {@code most}. */
    public long run(long offset, long most) {
        return pages.run(offset, most);
    }

    /**
     * Writes the PRP entries of neighbouring pages, the first of which an offset begins. Their size
     * is the list's: memory of transports that build data pointers themselves has none of its own.
     */
    void putPages(long offset, int count, int listShift, ListPages list, long at) {
        pages.putPages(offset, count, listShift, list, at);
    }

    /** How far a byte is from the beginning of the first page. */
    long fromFirstPage(long offset) {
        return inFirstPage + offset;
    }

    /**
     * IOVA of a ready PRP list.
     *
     * @param page of the memory that the list begins with
     * @param bytes that it is for
     * @return 0 where there is none
     */
    long prpList(int page, long bytes) {
        return prps == null ? 0 : prps.list(page, bytes);
    }
}
