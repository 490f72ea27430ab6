// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Blocks that are all the same: a pattern, repeated. */
final class PatternBlocks {
    private final MemorySegment block;
    private final FaultHandler handler;

    PatternBlocks(List<Byte> pattern, int blockSize, FaultHandler handler) {
        byte[] bytes = new byte[pattern.isEmpty() ? 0 : blockSize];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = pattern.get(i % pattern.size());
        }
        this.block = MemorySegment.ofArray(bytes);
        this.handler = handler;
    }

    boolean isOn() {
        return block.byteSize() > 0;
    }

    void put(MemorySegment data, long at) {
        MemorySegment.copy(block, 0, data, at, block.byteSize());
    }

    void check(MemorySegment data, long at, long lba) {
        long end = at + block.byteSize();
        long differs = MemorySegment.mismatch(data, at, end, block, 0, block.byteSize());
        if (differs == 0) {
            handler.onFault(new Fault(Fault.Kind.LOST, lba, "the pattern is not there"));
        } else if (differs > 0) {
            handler.onFault(new Fault(Fault.Kind.TORN, lba, "the pattern ends at byte " + differs));
        }
    }
}
