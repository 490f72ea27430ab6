// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.shim.MemoryHold;
import io.nvme4j.internal.shim.NativeController;
import io.nvme4j.memory.DmaBuffer;

import java.lang.foreign.MemorySegment;

/** Memory of the caller's that a controller was told of, and whose arena is kept open. */
final class RegisteredMemory implements Backing {
    /** No segment of a confined arena can be used by this thread. */
    private static final Thread STRANGER = Thread.ofPlatform().unstarted(() -> {});

    private final NativeController controller;
    private final long address;
    private final MemoryHold hold;

    private RegisteredMemory(NativeController controller, long address, MemoryHold hold) {
        this.controller = controller;
        this.address = address;
        this.hold = hold;
    }

    /**
     * Registers a segment, with the rest of the pages that it touches.
     *
     * @param regions what the controller reaches already
     */
    static RegisteredMemory register(
            NativeController controller, Regions regions, MemorySegment segment) {
        checkKind(segment);
        long granularity = controller.registrationGranularity();
        if (granularity == 0) {
            throw new NvmeException(
                    "this transport reaches no memory but that which it allocates: use"
                            + " Controller.allocate, or let transfers be copied");
        }
        checkApart(regions, segment, granularity);
        MemoryHold hold = MemoryHold.on(segment);
        try {
            long begin = Regions.down(segment.address(), granularity);
            long end = Regions.up(segment.address() + segment.byteSize(), granularity);
            controller.register(begin, end - begin, segment.isMapped());
            return new RegisteredMemory(controller, begin, hold);
        } catch (RuntimeException | Error e) {
            hold.release();
            throw e;
        }
    }

    private static void checkKind(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(
                    "heap memory moves when garbage is collected, so no device can reach it: use"
                            + " Controller.allocate or an Arena, or let transfers be copied");
        }
        if (segment.byteSize() == 0) {
            throw new IllegalArgumentException("the segment is empty");
        }
        if (!segment.isAccessibleBy(STRANGER)) {
            throw new IllegalArgumentException(
                    "the segment's arena is confined to one thread, which could free it while a"
                            + " device uses it: use Arena.ofShared, ofAuto or global");
        }
    }

    private static void checkApart(Regions regions, MemorySegment segment, long granularity) {
        DmaBuffer other = regions.sharing(segment.address(), segment.byteSize(), granularity);
        if (other != null) {
            throw new IllegalArgumentException(
                    describe(segment)
                            + " overlaps, or shares a page of "
                            + granularity
                            + " bytes with, "
                            + describe(other.segment())
                            + ", which the controller reaches already: register one segment that"
                            + " has both, or align them to pages");
        }
    }

    private static String describe(MemorySegment segment) {
        return segment.byteSize() + " bytes at 0x" + Long.toHexString(segment.address());
    }

    /** The memory is the caller's, who may go on using it. */
    @Override
    public void endAccess() {}

    @Override
    public void free() {
        controller.unregister(address);
        hold.release();
    }
}
