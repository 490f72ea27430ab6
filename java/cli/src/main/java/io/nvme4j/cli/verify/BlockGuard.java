// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import io.nvme4j.cli.job.Verification;
import io.nvme4j.cli.verify.BlockChecker.Strictness;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Marks what one queue pair writes and checks what it reads. No two of its commands are at work on
 * one unit at a time. One thread.
 */
public final class BlockGuard {
    private final Ledger ledger;
    private final Digest digest;
    private final BlockChecker checker;
    private final int blockSize;
    private final int stride;
    private final int unitBlocks;
    private final long[] busy;
    private final SlotBlocks slots;
    private final ByteBuffer[] buffers;
    private final PatternBlocks pattern;
    private final boolean writes;

    /**
     * @param writes whether the job writes: then blocks that it has not written may be as they are;
     *     all that one which only reads finds must be marked, or have the pattern
     * @param handler is told of what is wrong
     */
    public BlockGuard(
            Ledger ledger,
            Verification verification,
            boolean writes,
            SlotBlocks slots,
            FaultHandler handler) {
        this.ledger = ledger;
        this.digest = Digest.of(verification.kind());
        this.checker =
                new BlockChecker(
                        ledger,
                        digest,
                        slots.stride(),
                        writes ? Strictness.LENIENT : Strictness.STRICT,
                        handler);
        this.blockSize = ledger.shape().blockSize();
        this.stride = slots.stride();
        this.unitBlocks = ledger.shape().unitBlocks();
        this.busy = new long[Math.toIntExact((ledger.shape().units() + 63) / 64)];
        this.slots = slots;
        this.buffers = slots.buffers();
        this.pattern = new PatternBlocks(verification, unitBlocks, blockSize, handler);
        this.writes = writes;
    }

    /** Takes the units of a command, so that no other command gets them; false if one did. */
    public boolean claim(long lba, int blocks) {
        long first = ledger.unit(lba);
        long last = ledger.unit(lba + blocks - 1);
        for (long unit = first; unit <= last; unit++) {
            if ((busy[(int) (unit >>> 6)] >>> unit & 1) != 0) {
                return false;
            }
        }
        for (long unit = first; unit <= last; unit++) {
            busy[(int) (unit >>> 6)] |= 1L << unit;
        }
        return true;
    }

    private void release(long lba, int blocks) {
        long last = ledger.unit(lba + blocks - 1);
        for (long unit = ledger.unit(lba); unit <= last; unit++) {
            busy[(int) (unit >>> 6)] &= ~(1L << unit);
        }
    }

    /** Marks the blocks of a slot, which are about to be written. */
    public void beforeWrite(int slot, long lba, int blocks) {
        MemorySegment own = slots.of(slot, blocks);
        for (int i = 0; i < blocks; i += unitBlocks) {
            long generation = ledger.issue(ledger.unit(lba + i));
            for (int j = i; j < Math.min(blocks, i + unitBlocks); j++) {
                if (pattern.isOn()) {
                    pattern.put(own, (long) j * stride, j - i, lba + j);
                } else {
                    BlockMark.put(own, (long) j * stride, lba + j, generation, ledger.run());
                    digest.put(own, buffers[slot], j * stride, blockSize);
                }
            }
        }
    }

    /** The blocks were written. */
    public void afterWrite(long lba, int blocks) {
        for (int i = 0; i < blocks; i += unitBlocks) {
            ledger.acknowledge(ledger.unit(lba + i));
        }
        release(lba, blocks);
    }

    /** Checks the blocks of a slot, which were read. */
    public void afterRead(int slot, long lba, int blocks) {
        MemorySegment own = slots.of(slot, blocks);
        if (pattern.isOn()) {
            checkPattern(own, lba, blocks);
        } else {
            checker.check(own, buffers[slot], lba, blocks);
        }
        release(lba, blocks);
    }

    private void checkPattern(MemorySegment own, long lba, int blocks) {
        for (int i = 0; i < blocks; i++) {
            if (!writes || ledger.acknowledged(ledger.unit(lba + i)) > 0) {
                pattern.check(own, (long) i * stride, i % unitBlocks, lba + i);
            }
        }
    }

    /** The command failed: nothing is known of its blocks. */
    public void afterFailure(long lba, int blocks) {
        release(lba, blocks);
    }

    /**
     * The next unit from this one on of which a write was acknowledged.
     *
     * @param end no unit from here on is looked at
     * @return its number, or -1
     */
    public long nextWritten(long from, long end) {
        for (long unit = from; unit < end; unit++) {
            if (ledger.acknowledged(unit) > 0) {
                return unit;
            }
        }
        return -1;
    }

    /** Number of the unit that an LBA is in. */
    public long unit(long lba) {
        return ledger.unit(lba);
    }

    /** First LBA of a unit. */
    public long firstLba(long unit) {
        return ledger.shape().first() + unit * unitBlocks;
    }

    /** Logical blocks of a unit. */
    public int unitBlocks() {
        return unitBlocks;
    }
}
