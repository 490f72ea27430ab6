// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import io.nvme4j.cli.verify.Fault.Kind;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Judges blocks that were read, by their marks and by the ledger. A block may be of any generation
 * from the one that was acknowledged last to the one that was issued last: of a write that was
 * never acknowledged, all, none or some of it may be there.
 */
final class BlockChecker {
    private final Ledger ledger;
    private final Digest digest;
    private final int blockSize;
    private final int stride;
    private final Strictness strictness;
    private final FaultHandler handler;
    private long checked;
    private long wrong;

    /** What is asked of blocks that the ledger does not know. */
    enum Strictness {
        /** Nothing: they are of before. */
        LENIENT,
        /** Those that have a mark must agree with it. */
        MARKED,
        /** All must have a mark, and agree with it. */
        STRICT
    }

    /**
     * @param stride bytes from a block to the next in memory
     */
    BlockChecker(
            Ledger ledger, Digest digest, int stride, Strictness strictness, FaultHandler handler) {
        this.ledger = ledger;
        this.digest = digest;
        this.blockSize = ledger.shape().blockSize();
        this.stride = stride;
        this.strictness = strictness;
        this.handler = handler;
    }

    /**
     * Judges some blocks.
     *
     * @param data where the first one begins
     * @param buffer the same memory
     */
    void check(MemorySegment data, ByteBuffer buffer, long lba, int blocks) {
        int unitBlocks = ledger.shape().unitBlocks();
        for (int i = 0; i < blocks; i += unitBlocks) {
            checkUnit(data, buffer, i * stride, lba + i, Math.min(unitBlocks, blocks - i));
        }
    }

    private void checkUnit(MemorySegment data, ByteBuffer buffer, int at, long lba, int blocks) {
        long unit = ledger.unit(lba);
        long acknowledged = ledger.acknowledged(unit);
        boolean someNew = false;
        for (int i = 0; i < blocks; i++) {
            someNew |= isNew(data, at + i * stride, lba + i, acknowledged);
        }
        for (int i = 0; i < blocks; i++) {
            checkBlock(data, buffer, at + i * stride, lba + i, unit, someNew);
        }
    }

    private boolean isNew(MemorySegment data, int at, long lba, long acknowledged) {
        return BlockMark.isThere(data, at)
                && BlockMark.run(data, at) == ledger.run()
                && BlockMark.lba(data, at) == lba
                && BlockMark.generation(data, at) >= Math.max(1, acknowledged);
    }

    private void checkBlock(
            MemorySegment data, ByteBuffer buffer, int at, long lba, long unit, boolean someNew) {
        long acknowledged = ledger.acknowledged(unit);
        if (!BlockMark.isThere(data, at)) {
            if (acknowledged > 0) {
                checked++;
                fault(Kind.LOST, lba, "no mark; generation " + acknowledged + " was acknowledged");
            } else if (strictness == Strictness.STRICT) {
                fault(Kind.LOST, lba, "no mark");
            }
            return;
        }
        boolean own = BlockMark.run(data, at) == ledger.run();
        if (!own && acknowledged == 0 && strictness == Strictness.LENIENT) {
            return; // left by another run
        }
        checked++;
        if (!digest.matches(data, buffer, at, blockSize)) {
            if (acknowledged == ledger.issued(unit)) {
                fault(Kind.TORN, lba, "its digest is not that of its data");
            }
        } else if (BlockMark.lba(data, at) != lba) {
            fault(Kind.MISDIRECTED, lba, "it holds the block of LBA " + BlockMark.lba(data, at));
        } else if (acknowledged > 0) {
            checkGeneration(data, at, lba, unit, own, someNew);
        }
    }

    private void checkGeneration(
            MemorySegment data, int at, long lba, long unit, boolean own, boolean someNew) {
        long generation = BlockMark.generation(data, at);
        long acknowledged = ledger.acknowledged(unit);
        if (own && generation >= acknowledged && generation <= ledger.issued(unit)) {
            return;
        }
        String found = own ? "generation " + generation : "a block of another run";
        String wanted = ", generation " + acknowledged + " was acknowledged";
        if (someNew) {
            fault(Kind.TORN, lba, found + wanted + ", which other blocks of the write have");
        } else {
            fault(Kind.STALE, lba, found + wanted);
        }
    }

    private void fault(Kind kind, long lba, String detail) {
        wrong++;
        handler.onFault(new Fault(kind, lba, detail));
    }

    long checked() {
        return checked;
    }

    long wrong() {
        return wrong;
    }
}
