// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.admin;

import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.DataLength;
import io.nvme4j.spec.DataLength.Kind;

import java.util.function.IntToLongFunction;

/**
 * How many bytes an admin command moves, by its fields. A controller that is given PRPs goes by
 * these alone, so its memory must have room for all that they may say.
 */
public final class AdminLength {
    private AdminLength() {}

    /**
     * The room that a command's memory has to have, in bytes; 0 where it has none.
     *
     * @param dwords of the command, as {@link DataLength#of} asks for them
     * @param given bytes of the data that the caller has for it
     * @param most bytes that any command moves
     * @param lengthIsTold whether the data pointer tells the controller how much there is, so that
     *     it moves no more
     * @throws IllegalArgumentException if the fields say that it moves other data
     */
    public static long room(
            int opcode, IntToLongFunction dwords, long given, long most, boolean lengthIsTold) {
        if (given > 0 && !NvmCommand.movesData(opcode)) {
            throw new IllegalArgumentException(
                    "by bits 1:0 of its opcode, %02Xh, the command moves no data"
                            .formatted(opcode));
        }
        DataLength said =
                AdminOpcode.fromValue(opcode)
                        .map(AdminOpcode::dataLength)
                        .orElse(DataLength.UNKNOWN);
        long room =
                said.kind() == Kind.BYTES
                        ? exactly(said.of(dwords), given)
                        : mayHaveData(opcode, given)
                                ? limit(said, dwords, given, lengthIsTold ? given : most)
                                : 0;
        if (room > most) {
            throw new IllegalArgumentException(
                    "a command moves at most %,d bytes here, not %,d".formatted(most, room));
        }
        return room;
    }

    private static long exactly(long said, long given) {
        if (given != said) {
            throw says("", said, given);
        }
        return said;
    }

    /** Of a command that only sends data, nothing that the caller doesn't give is at stake. */
    private static boolean mayHaveData(int opcode, long given) {
        return given > 0 || NvmCommand.movesToHost(opcode);
    }

    /** Of what nobody knows, a controller moves no more than it does at all. */
    private static long limit(DataLength said, IntToLongFunction dwords, long given, long most) {
        long limit = said.kind() == Kind.BYTES_AT_MOST ? said.of(dwords) : most;
        if (given > limit) {
            throw says("up to ", limit, given);
        }
        return limit;
    }

    private static IllegalArgumentException says(String limit, long said, long given) {
        return new IllegalArgumentException(
                "the command's fields say that it moves %s%,d bytes, and its data have %,d"
                        .formatted(limit, said, given));
    }
}
