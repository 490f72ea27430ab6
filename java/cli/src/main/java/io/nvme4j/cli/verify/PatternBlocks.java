// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Blocks of a pattern, which is repeated from the beginning of each unit on, as fio does it. */
final class PatternBlocks {
    private final MemorySegment unit;
    private final int blockSize;
    private final FaultHandler handler;

    PatternBlocks(List<Byte> pattern, int unitBlocks, int blockSize, FaultHandler handler) {
        byte[] bytes = new byte[pattern.isEmpty() ? 0 : unitBlocks * blockSize];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = pattern.get(i % pattern.size());
        }
        this.unit = MemorySegment.ofArray(bytes);
        this.blockSize = blockSize;
        this.handler = handler;
    }

    boolean isOn() {
        return unit.byteSize() > 0;
    }

    /**
     * Fills a block.
     *
     * @param index of the block in its unit
     */
    void put(MemorySegment data, long at, int index) {
        MemorySegment.copy(unit, (long) index * blockSize, data, at, blockSize);
    }

    void check(MemorySegment data, long at, int index, long lba) {
        long from = (long) index * blockSize;
        long differs =
                MemorySegment.mismatch(data, at, at + blockSize, unit, from, from + blockSize);
        if (differs == 0) {
            handler.onFault(new Fault(Fault.Kind.LOST, lba, "the pattern is not there"));
        } else if (differs > 0) {
            handler.onFault(new Fault(Fault.Kind.TORN, lba, "the pattern ends at byte " + differs));
        }
    }
}
