// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.internal.shim.generated.Nvme4j;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * A controller's handle. Thread-safe: {@link #detach} waits for the calls that are under way, and
 * every later call throws {@link IllegalStateException}.
 */
public final class NativeController {
    private final MemorySegment handle;

    /* Calls hold the read lock, so that none of them finds the handle gone. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile boolean detached; // written under the lock

    /* What doesn't change while the controller is attached to, by N4J_PROPERTY_*. */
    private final long[] properties = new long[Nvme4j.N4J_PROPERTY_SELF_MADE() + 1];
    private final String description;

    private NativeController(MemorySegment handle) {
        this.handle = handle;
        for (int property = 1; property < properties.length; property++) {
            properties[property] = Nvme4j.n4j_ctrlr_property(handle, property);
        }
        this.description = Nvme4j.n4j_ctrlr_description(handle).getString(0);
    }

    /**
     * Attaches to the controller that the transport id names.
     *
     * @param options {@code key:value} pairs, as {@code n4j_ctrlr_attach} takes them
     * @throws IllegalStateException if SPDK runs with something else already
     */
    public static NativeController attach(String transportId, String options) {
        NativeLibrary.ensureLoaded();
        try {
            return new NativeController(
                    ErrorText.handle(
                            "attaching to \"" + transportId + "\"",
                            (texts, handle, text, size) ->
                                    Nvme4j.n4j_ctrlr_attach(
                                            texts.allocateFrom(transportId),
                                            texts.allocateFrom(options),
                                            handle,
                                            text,
                                            size)));
        } catch (ShimException e) {
            if (e.errno() == Errno.EALREADY) {
                throw new IllegalStateException(e.getMessage(), e);
            }
            throw e;
        }
    }

    /** Detaches; fails where queue pairs or DMA memory of the controller exist. */
    public void detach() {
        lock.writeLock().lock();
        try {
            checkAttached();
            ErrorText.call(
                    "detaching the controller",
                    (arena, text, size) -> Nvme4j.n4j_ctrlr_detach(handle, text, size));
            detached = true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private <T> T whileAttached(Supplier<T> call) {
        lock.readLock().lock();
        try {
            checkAttached();
            return call.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    private void checkAttached() {
        if (detached) {
            throw new IllegalStateException("the controller is closed");
        }
    }

    /** A native call that leaves a line of text when it fails, while the controller is attached. */
    private void call(String what, ErrorText.Call call) {
        whileAttached(() -> ErrorText.call(what, call));
    }

    /** The same for a call that has no text. */
    private void check(String what, IntSupplier call) {
        whileAttached(() -> ErrorText.check(what, call.getAsInt()));
    }

    /** The controller capabilities register (CAP). */
    public long capabilities() {
        return property(Nvme4j.N4J_PROPERTY_CAP());
    }

    /** The version register (VS). */
    public int version() {
        return (int) property(Nvme4j.N4J_PROPERTY_VS());
    }

    /** The forms of data pointers that I/O commands may have: a mask of 1 &lt;&lt; N4J_DATA_*. */
    public DataForms dataForms() {
        return new DataForms((int) property(Nvme4j.N4J_PROPERTY_DATA_FORMS()));
    }

    /** Whether I/O commands are given IOVAs that the caller looked up. */
    public boolean takesDataPointers() {
        return dataForms().prp() || dataForms().sgl();
    }

    /** The forms of data pointers that admin commands may have. */
    public DataForms adminDataForms() {
        return new DataForms((int) property(Nvme4j.N4J_PROPERTY_ADMIN_DATA_FORMS()));
    }

    /** Most ranges that a command's data may be in, in the form of fragments. */
    public int maximumFragments() {
        return (int) property(Nvme4j.N4J_PROPERTY_MAX_FRAGMENTS());
    }

    /**
     * What addresses and lengths of registered memory are multiples of, in bytes; 0 where the
     * transport reaches no memory but that which it allocates.
     */
    public long registrationGranularity() {
        return property(Nvme4j.N4J_PROPERTY_REGISTRATION());
    }

    /** Most bytes that one command moves. */
    public long maximumTransferSize() {
        return property(Nvme4j.N4J_PROPERTY_MAX_TRANSFER());
    }

    /** Most commands that a queue pair takes at once. */
    public int maximumQueueDepth() {
        return (int) property(Nvme4j.N4J_PROPERTY_MAX_DEPTH());
    }

    /** I/O queue pairs that the controller granted. */
    public int maximumQueuePairs() {
        return (int) property(Nvme4j.N4J_PROPERTY_MAX_QPAIRS());
    }

    /** Memory page size in bytes (CC.MPS). */
    public int pageSize() {
        return (int) property(Nvme4j.N4J_PROPERTY_PAGE_SIZE());
    }

    /** Whether the controller works only while a queue pair is processed. */
    public boolean isInline() {
        return property(Nvme4j.N4J_PROPERTY_INLINE()) == 1;
    }

    /** Whether nothing but what this library has made is on its namespaces. */
    public boolean isSelfMade() {
        return property(Nvme4j.N4J_PROPERTY_SELF_MADE()) == 1;
    }

    private long property(int property) {
        checkAttached();
        return properties[property];
    }

    /** One line about the transport, for people. */
    public String description() {
        checkAttached();
        return description;
    }

    /** Most admin commands at once. */
    public static int maximumAdminCommands() {
        return Nvme4j.N4J_ADMIN_DEPTH();
    }

    /** The tag of what {@link #processAdmin} hands over for an asynchronous event. */
    public static long adminEvent() {
        return Nvme4j.N4J_ADMIN_EVENT();
    }

    /**
     * Submits an admin command, without waiting.
     *
     * @param submission address of a submission record
     * @return 0, or a negative errno if it was not taken
     */
    public int submitAdmin(long submission) {
        MemorySegment record = MemorySegment.ofAddress(submission);
        return whileAttached(() -> Nvme4j.n4j_ctrlr_admin_submit(handle, record));
    }

    /**
     * Hands over completions of admin commands, and events, without waiting.
     *
     * @param completions address of room for so many completion records
     * @return how many there were
     */
    public int processAdmin(long completions, int maximum) {
        MemorySegment records = MemorySegment.ofAddress(completions);
        return whileAttached(() -> Nvme4j.n4j_ctrlr_admin_process(handle, records, maximum));
    }

    /**
     * Asks the controller to abort an admin command, without waiting.
     *
     * @return 0, or a negative errno if it wasn't asked
     */
    public int abortAdmin(long tag) {
        return whileAttached(() -> Nvme4j.n4j_ctrlr_admin_abort(handle, tag));
    }

    /** Disables the controller: it touches no memory any more, and has failed. */
    public void disable() {
        check("disabling the controller", () -> Nvme4j.n4j_ctrlr_disable(handle));
    }

    /** Allocates zeroed DMA memory. */
    public Allocation allocate(long length, long alignment, int numaNode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment kind = arena.allocate(ValueLayout.JAVA_INT);
            call(
                    "allocating " + length + " bytes of DMA memory",
                    (texts, text, size) ->
                            Nvme4j.n4j_mem_alloc(
                                    handle, length, alignment, numaNode, 0, address, kind, text,
                                    size));
            return new Allocation(
                    address.get(ValueLayout.JAVA_LONG, 0), kind.get(ValueLayout.JAVA_INT, 0));
        }
    }

    /** Frees memory of {@link #allocate}; no command that uses it may be in flight. */
    public void free(long address) {
        check(
                "freeing DMA memory",
                () -> Nvme4j.n4j_mem_free(handle, MemorySegment.ofAddress(address)));
    }

    /**
     * Makes memory of the caller's reachable for the controller.
     *
     * @param address a multiple of {@link #registrationGranularity()}, as is the length
     * @param mayVanish whether it is a mapped file, which may be truncated
     */
    public void register(long address, long length, boolean mayVanish) {
        call(
                "registering " + length + " bytes of memory",
                (arena, text, size) ->
                        Nvme4j.n4j_mem_register(
                                handle,
                                MemorySegment.ofAddress(address),
                                length,
                                mayVanish ? Nvme4j.N4J_MEM_MAY_VANISH() : 0,
                                text,
                                size));
    }

    /** Undoes {@link #register}; no command that uses the memory may be in flight. */
    public void unregister(long address) {
        check(
                "ending the registration of memory",
                () -> Nvme4j.n4j_mem_unregister(handle, MemorySegment.ofAddress(address)));
    }

    /** The IOVA of each page that the range touches. */
    public long[] translate(long address, long length, int pageSize) {
        long first = address & -pageSize;
        int count = Math.toIntExact((address + length - first + pageSize - 1) / pageSize);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment iovas = arena.allocate(ValueLayout.JAVA_LONG, count);
            check(
                    "translating DMA memory",
                    () ->
                            Nvme4j.n4j_mem_translate(
                                    handle,
                                    MemorySegment.ofAddress(address),
                                    length,
                                    pageSize,
                                    iovas,
                                    count));
            return iovas.toArray(ValueLayout.JAVA_LONG);
        }
    }

    /** Most commands that {@link #createQueuePair} takes on standby. */
    public static int maximumStandby() {
        return Nvme4j.N4J_STANDBY_MAX();
    }

    /** Creates a queue pair that takes {@code depth} commands at once, and others on standby. */
    public NativeQueuePair createQueuePair(int depth, int standby) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment qpair = arena.allocate(ValueLayout.ADDRESS);
            call(
                    "creating a queue pair",
                    (texts, text, size) ->
                            Nvme4j.n4j_qpair_create(handle, depth, standby, qpair, text, size));
            return new NativeQueuePair(qpair.get(ValueLayout.ADDRESS, 0));
        }
    }

    /**
     * Memory that the native library allocated.
     *
     * @param address virtual address
     * @param kind what it is made of
     */
    public record Allocation(long address, int kind) {
        /** Whether it is made of hugepages. */
        public boolean isHuge() {
            return kind == Nvme4j.N4J_MEM_KIND_HUGEPAGE();
        }

        /** Whether it is made of ordinary pages that are locked. */
        public boolean isLocked() {
            return kind == Nvme4j.N4J_MEM_KIND_LOCKED();
        }
    }

    /**
     * Resets the controller, or connects to it anew; every queue pair fails.
     *
     * @param timeoutMillis how long queue pairs may take to be processed, so that they notice
     * @throws ShimException if it doesn't come back, or they were not processed
     */
    public void reset(int timeoutMillis) {
        call(
                "resetting the controller",
                (arena, text, size) -> Nvme4j.n4j_ctrlr_reset(handle, timeoutMillis, text, size));
    }
}
