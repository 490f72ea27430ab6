// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.peers;

import io.nvme4j.Command;
import io.nvme4j.Namespace;
import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.NvmOpcode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/**
 * A command as any controller can be given it.
 *
 * @param nsid of the namespace
 * @param dwords CDW10 to CDW15
 * @param bytes of data, or 0
 * @param seed of what the host sends
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record Wish(boolean isAdmin, int opcode, int nsid, int[] dwords, int bytes, long seed) {
    static final int RANGE_BYTES = 16;

    /** No controller has so many blocks. */
    private static final long FAR = 1L << 40;

    /** Most blocks that a range of a Dataset Management or a command has here. */
    static final int BLOCKS = 64;

    boolean is(NvmOpcode other) {
        return !isAdmin && opcode == other.value();
    }

    boolean is(AdminOpcode other) {
        return isAdmin && opcode == other.value();
    }

    boolean isKnown() {
        return NvmOpcode.fromValue(opcode).isPresent();
    }

    /** Of a Write Zeroes: CDW12, DEAC. */
    boolean deallocates() {
        return (dwords[2] & Wishes.DEALLOCATE) != 0;
    }

    Command command(Namespace namespace) {
        Command command = new Command(opcode);
        if (nsid == namespace.id()) {
            command.namespace(namespace);
        } else if (nsid == -1) {
            command.allNamespaces();
        } else {
            command.namespaceId(nsid);
        }
        for (int i = 0; i < dwords.length; i++) {
            command.cdw(10 + i, dwords[i]);
        }
        return command;
    }

    /** Whether it changes what blocks hold, where it succeeds. */
    boolean changesBlocks() {
        return is(NvmOpcode.WRITE)
                || is(NvmOpcode.WRITE_ZEROES)
                || is(NvmOpcode.WRITE_UNCORRECTABLE)
                || isAdvice();
    }

    /** Whether the controller may leave blocks as they are though it says that it has succeeded. */
    boolean isAdvice() {
        return is(NvmOpcode.DATASET_MANAGEMENT);
    }

    /** Writes what the host sends. */
    void fill(MemorySegment data) {
        Random random = new Random(seed);
        if (is(NvmOpcode.DATASET_MANAGEMENT)) {
            for (long at = 0; at < bytes; at += RANGE_BYTES) {
                data.set(ValueLayout.JAVA_INT_UNALIGNED, at, random.nextInt());
                data.set(ValueLayout.JAVA_INT_UNALIGNED, at + 4, 1 + random.nextInt(BLOCKS - 1));
                long lba = random.nextLong(Wishes.FIRST_BLOCKS - BLOCKS);
                boolean isOutside = random.nextInt(64) == 0;
                data.set(ValueLayout.JAVA_LONG_UNALIGNED, at + 8, lba + (isOutside ? FAR : 0));
            }
        } else {
            // Few contents, so that compares find the same now and then.
            data.asSlice(0, bytes).fill((byte) random.nextInt(3));
        }
    }

    /** Of a Dataset Management. */
    boolean hasRangeOutside() {
        MemorySegment data = MemorySegment.ofArray(new byte[bytes]);
        fill(data);
        boolean isOutside = false;
        for (long at = 0; at < bytes; at += RANGE_BYTES) {
            isOutside |= data.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 8) >= FAR;
        }
        return isOutside;
    }

    @Override
    public String toString() {
        return "%s %02Xh nsid %X cdw10 %08X %08X %08X %08X %08X %08X, %d bytes"
                .formatted(
                        isAdmin ? "admin" : "I/O",
                        opcode,
                        nsid,
                        dwords[0],
                        dwords[1],
                        dwords[2],
                        dwords[3],
                        dwords[4],
                        dwords[5],
                        bytes);
    }
}
