// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The blocks of commands, each of which has a slot for its own.
 *
 * @param data memory of all slots
 * @param bytesPerSlot from a slot to the next
 * @param stride bytes from a block to the next: more than a block's own where metadata follow each
 */
public record SlotBlocks(MemorySegment data, long bytesPerSlot, int stride) {
    MemorySegment of(int slot, int blocks) {
        return data.asSlice(slot * bytesPerSlot, (long) blocks * stride);
    }

    /** All that a slot has, for each slot. */
    ByteBuffer[] buffers() {
        ByteBuffer[] buffers = new ByteBuffer[Math.toIntExact(data.byteSize() / bytesPerSlot)];
        for (int slot = 0; slot < buffers.length; slot++) {
            buffers[slot] = data.asSlice(slot * bytesPerSlot, bytesPerSlot).asByteBuffer();
        }
        return buffers;
    }
}
