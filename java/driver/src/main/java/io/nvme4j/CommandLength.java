// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.spec.NvmOpcode;

import org.jspecify.annotations.Nullable;

/**
 * How many bytes a command moves, by its fields (Base Specification and NVM Command Set, each
 * command's own section). A controller goes by these alone, so they must not say more than the
 * caller's memory has.
 */
final class CommandLength {
    private static final long UNKNOWN = -1;

    private static final int DWORD = 4;
    private static final int DSM_RANGE = 16;
    private static final int COPY_RANGE = 32;
    private static final int PLACEMENT_IDENTIFIER = 2;
    private static final int RESERVATION_KEY = 8;

    private CommandLength() {}

    static void check(Command command, @Nullable Namespace namespace, MappingRules rules) {
        long said = of(command, namespace);
        long given = command.length();
        if (said == UNKNOWN) {
            checkUnknown(command, rules);
        } else if (said != given) {
            throw new IllegalArgumentException(
                    "the command's fields say that it moves %,d bytes, and its data have %,d"
                            .formatted(said, given));
        }
        if (given > rules.maximumTransferSize()) {
            throw new IllegalArgumentException(
                    "a command moves at most %,d bytes here, not %,d"
                            .formatted(rules.maximumTransferSize(), given));
        }
    }

    private static void checkUnknown(Command command, MappingRules rules) {
        boolean hasData = command.length() > 0;
        if (hasData != NvmCommand.movesData(command.opcode())) {
            throw new IllegalArgumentException(
                    "by bits 1:0 of its opcode, %02Xh, the command moves %s data"
                            .formatted(command.opcode(), hasData ? "no" : "some"));
        }
        if (hasData && rules.takes(DataPointerForm.PRP)) {
            throw new IllegalArgumentException(
                    "how much a command of opcode %02Xh moves is not known, and PRPs don't tell the"
                                    .formatted(command.opcode())
                            + " controller: use a queue pair of the form SGL");
        }
    }

    private static long of(Command command, @Nullable Namespace namespace) {
        NvmOpcode opcode = NvmOpcode.fromValue(command.opcode()).orElse(null);
        return switch (opcode) {
            case null -> UNKNOWN;
            case READ, WRITE, COMPARE -> blocks(command, namespace);
            case FLUSH, WRITE_UNCORRECTABLE, WRITE_ZEROES, VERIFY, CANCEL -> 0;
            case DATASET_MANAGEMENT -> ((low(command, 10) & 0xFF) + 1) * DSM_RANGE;
            case COPY -> ((low(command, 12) & 0xFF) + 1) * COPY_RANGE;
            case RESERVATION_REGISTER, RESERVATION_ACQUIRE -> 2 * RESERVATION_KEY;
            case RESERVATION_RELEASE -> RESERVATION_KEY;
            case RESERVATION_REPORT -> (low(command, 10) + 1) * DWORD;
            case IO_MANAGEMENT_RECEIVE -> (low(command, 11) + 1) * DWORD;
            case IO_MANAGEMENT_SEND -> ((low(command, 10) >>> 16) + 1) * PLACEMENT_IDENTIFIER;
        };
    }

    private static long low(Command command, int number) {
        return command.dwords(number) & 0xFFFF_FFFFL;
    }

    private static long blocks(Command command, @Nullable Namespace namespace) {
        if (namespace == null) {
            throw new IllegalArgumentException("the command is of a namespace: say which");
        }
        if (namespace.metadataSize() > 0) {
            throw new IllegalArgumentException(
                    "the namespace has metadata: move its blocks by a Transfer");
        }
        return (long) numberOfBlocks(command) * namespace.blockSize();
    }

    /** Number of Logical Blocks of a command that has it in CDW12, 1 to 65,536. */
    static int numberOfBlocks(Command command) {
        return (int) (low(command, 12) & 0xFFFF) + 1;
    }
}
