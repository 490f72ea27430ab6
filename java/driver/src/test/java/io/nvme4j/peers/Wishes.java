// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.peers;

import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.FeatureIdentifier;
import io.nvme4j.spec.NvmOpcode;

import java.util.List;
import java.util.Random;

/** Random commands, most of them valid, many at a limit, and some that nobody should send. */
final class Wishes {
    /** Nearly all commands are on blocks before this one, or on the last ones. */
    static final int FIRST_BLOCKS = 4096;

    /** Bytes of a block of each controller. */
    static final int BLOCK = 512;

    private static final int STRUCTURE = 4096;
    private static final int FORCE_UNIT_ACCESS = 1 << 30;
    private static final int LIMITED_RETRY = 1 << 31;
    static final int DEALLOCATE = 1 << 25;

    /** There is 1; 0 and FFFFFFFFh have a meaning of their own; nobody has the last. */
    private static final int[] NSIDS = {1, 1, 1, 1, 0, -1, 0xFFF0};

    private static final List<FeatureIdentifier> SET =
            List.of(
                    FeatureIdentifier.ARBITRATION,
                    FeatureIdentifier.POWER_MANAGEMENT,
                    FeatureIdentifier.ERROR_RECOVERY,
                    FeatureIdentifier.INTERRUPT_COALESCING,
                    FeatureIdentifier.WRITE_ATOMICITY_NORMAL);

    private final Random random;
    private final long blocks;

    /**
     * @param blocks of namespace 1 of each controller
     */
    Wishes(long seed, long blocks) {
        this.random = new Random(seed);
        this.blocks = blocks;
    }

    Wish next() {
        return random.nextInt(8) == 0 ? admin() : io();
    }

    private Wish io() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> move(NvmOpcode.READ);
            case 3, 4, 5 -> move(NvmOpcode.WRITE);
            case 6 -> move(NvmOpcode.COMPARE);
            case 7 -> onBlocks(NvmOpcode.WRITE_ZEROES, oneIn(4) ? DEALLOCATE : 0);
            case 8 -> deallocate();
            case 9 -> io(NvmOpcode.FLUSH.value(), nsid(), dwords(), 0);
            case 10 -> onBlocks(oneIn(2) ? NvmOpcode.VERIFY : NvmOpcode.WRITE_UNCORRECTABLE, 0);
            default -> io(random.nextInt(64) << 2, nsid(), dwords(), 0); // moves no data
        };
    }

    private Wish move(NvmOpcode opcode) {
        int[] dwords = range(1 + random.nextInt(Wish.BLOCKS));
        dwords[2] |= oneIn(4) ? FORCE_UNIT_ACCESS : 0;
        int bytes = ((dwords[2] & 0xFFFF) + 1) * BLOCK;
        return io(opcode.value(), 1, dwords, bytes);
    }

    private Wish onBlocks(NvmOpcode opcode, int bits) {
        int[] dwords = range(1 + random.nextInt(4 * Wish.BLOCKS));
        dwords[2] |= bits;
        return io(opcode.value(), nsid(), dwords, 0);
    }

    /** Where the blocks are, and what else a command on blocks says. */
    private int[] range(int count) {
        int[] dwords = new int[6];
        long lba = place(count);
        dwords[0] = (int) lba;
        dwords[1] = (int) (lba >>> 32);
        dwords[2] = count - 1 | (oneIn(8) ? LIMITED_RETRY : 0);
        dwords[3] = oneIn(8) ? random.nextInt(256) : 0; // hints on how the blocks are used
        if (oneIn(16)) { // tags of protection information, which the namespace does not have
            dwords[4] = random.nextInt();
            dwords[5] = random.nextInt();
        }
        return dwords;
    }

    private long place(int count) {
        return switch (random.nextInt(32)) {
            case 0 -> blocks - count;
            case 1 -> blocks - count + 1;
            case 2 -> blocks - 1;
            case 3 -> blocks;
            case 4 -> random.nextLong();
            case 5 -> -1L;
            default -> random.nextLong(FIRST_BLOCKS - count);
        };
    }

    private Wish deallocate() {
        int ranges = 1 + random.nextInt(oneIn(8) ? 256 : 4);
        int[] dwords = new int[6];
        dwords[0] = ranges - 1;
        dwords[1] = random.nextInt(8); // IDR, IDW, AD
        return io(NvmOpcode.DATASET_MANAGEMENT.value(), 1, dwords, ranges * Wish.RANGE_BYTES);
    }

    private Wish admin() {
        return switch (random.nextInt(6)) {
            case 0 -> identify();
            case 1 -> logPage();
            case 2 -> getFeature();
            case 3 -> setFeature();
            case 4 -> admin(AdminOpcode.ABORT.value(), dwords(random.nextInt(1 << 8)), 0);
            default -> admin(0xC0 | random.nextInt(16) << 2, dwords(), 0); // a vendor's
        };
    }

    private Wish identify() {
        int controller = oneIn(4) ? random.nextInt(1 << 16) : 0;
        int commandSet = oneIn(4) ? random.nextInt(4) : 0;
        return admin(
                AdminOpcode.IDENTIFY.value(),
                dwords(random.nextInt(0x22) | controller << 16, commandSet << 24),
                STRUCTURE);
    }

    private Wish logPage() {
        int bytes = 4 * (1 + random.nextInt(128));
        int offset = oneIn(4) ? 4 * random.nextInt(256) : oneIn(16) ? random.nextInt(256) : 0;
        return admin(
                AdminOpcode.GET_LOG_PAGE.value(),
                dwords(random.nextInt(0x20) | bytes / 4 - 1 << 16, 0, offset),
                bytes);
    }

    private Wish getFeature() {
        int select = oneIn(2) ? random.nextInt(8) : 0;
        return admin(
                AdminOpcode.GET_FEATURES.value(),
                dwords(random.nextInt(0x20) | select << 8, 0),
                STRUCTURE);
    }

    private Wish setFeature() {
        FeatureIdentifier feature = SET.get(random.nextInt(SET.size()));
        return admin(
                AdminOpcode.SET_FEATURES.value(),
                dwords(feature.value() | (oneIn(8) ? 1 << 31 : 0), random.nextInt()),
                0);
    }

    private Wish admin(int opcode, int[] dwords, int bytes) {
        return new Wish(true, opcode, nsid(), dwords, bytes, random.nextLong());
    }

    private Wish io(int opcode, int nsid, int[] dwords, int bytes) {
        return new Wish(false, opcode, nsid, dwords, bytes, random.nextLong());
    }

    private static int[] dwords(int... first) {
        int[] all = new int[6];
        System.arraycopy(first, 0, all, 0, first.length);
        return all;
    }

    private int nsid() {
        return NSIDS[random.nextInt(NSIDS.length)];
    }

    private boolean oneIn(int number) {
        return random.nextInt(number) == 0;
    }
}
