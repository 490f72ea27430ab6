// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import io.nvme4j.cli.job.Verification;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Blocks of a pattern, which is repeated from the beginning of each unit on, as fio does it. Where
 * it asks for that, there is the unit's offset in it, in bytes.
 */
final class PatternBlocks {
    private final MemorySegment unit;
    private final int blockSize;
    private final List<Integer> offsets;
    private final int period;
    private final FaultHandler handler;
    private long unitLba;

    PatternBlocks(Verification verification, int unitBlocks, int blockSize, FaultHandler handler) {
        List<Byte> pattern = verification.pattern();
        byte[] bytes = new byte[pattern.isEmpty() ? 0 : unitBlocks * blockSize];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = pattern.get(i % pattern.size());
        }
        this.unit = MemorySegment.ofArray(bytes);
        this.blockSize = blockSize;
        this.offsets = verification.offsets();
        this.period = pattern.size();
        putOffsets();
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
    void put(MemorySegment data, long at, int index, long lba) {
        begin(lba - index);
        MemorySegment.copy(unit, (long) index * blockSize, data, at, blockSize);
    }

    private void begin(long lba) {
        if (lba != unitLba) {
            unitLba = lba;
            putOffsets();
        }
    }

    private void putOffsets() {
        for (int offset : offsets) {
            for (long at = offset; at < unit.byteSize(); at += period) {
                putOffset(at);
            }
        }
    }

    /** Of one that the unit's end cuts, what there is room for. */
    private void putOffset(long at) {
        long value = unitLba * blockSize;
        for (int i = 0; i < Long.BYTES && at + i < unit.byteSize(); i++) {
            unit.set(ValueLayout.JAVA_BYTE, at + i, (byte) (value >> Byte.SIZE * i));
        }
    }

    void check(MemorySegment data, long at, int index, long lba) {
        begin(lba - index);
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
