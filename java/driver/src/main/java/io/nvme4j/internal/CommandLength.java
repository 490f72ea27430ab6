// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal;

import io.nvme4j.Command;
import io.nvme4j.Namespace;
import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.spec.DataLength;
import io.nvme4j.spec.NvmOpcode;

import org.jspecify.annotations.Nullable;

/**
 * How many bytes a command moves, by its fields (Base Specification and NVM Command Set, each
 * command's own section). A controller goes by these alone, so they must not say more than the
 * caller's memory has.
 */
public final class CommandLength {
    private CommandLength() {}

    /**
     * Checks that a command's data are as long as its fields say, and that the controller moves as
     * many.
     *
     * @param namespace that it is of, if any
     * @throws IllegalArgumentException if not
     */
    public static void check(Command command, @Nullable Namespace namespace, MappingRules rules) {
        DataLength said =
                NvmOpcode.fromValue(command.opcode())
                        .map(NvmOpcode::dataLength)
                        .orElse(DataLength.UNKNOWN);
        long number = said.of(command::dwords);
        switch (said.kind()) {
            case BYTES -> checkBytes(command, number);
            case BLOCKS -> checkBytes(command, number * blockSize(namespace));
            case BYTES_AT_MOST, UNKNOWN -> checkUnknown(command, rules);
        }
        if (command.length() > rules.maximumTransferSize()) {
            throw new IllegalArgumentException(
                    "a command moves at most %,d bytes here, not %,d"
                            .formatted(rules.maximumTransferSize(), command.length()));
        }
    }

    private static void checkBytes(Command command, long said) {
        if (said != command.length()) {
            throw new IllegalArgumentException(
                    "the command's fields say that it moves %,d bytes, and its data have %,d"
                            .formatted(said, command.length()));
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

    private static long blockSize(@Nullable Namespace namespace) {
        if (namespace == null) {
            throw new IllegalArgumentException("the command is of a namespace: say which");
        }
        if (namespace.metadataSize() > 0) {
            throw new IllegalArgumentException(
                    "the namespace has metadata: move its blocks by a Transfer");
        }
        return namespace.blockSize();
    }
}
