// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.admin;

import io.nvme4j.internal.admin.AdminCommand.Dwords;
import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.spec.AdminOpcode;

import org.jspecify.annotations.Nullable;

/**
 * How many bytes an admin command moves, by its fields (Base Specification, each command's own
 * section). A controller that is given PRPs goes by these alone, so its memory must have room for
 * all that they may say.
 */
public final class AdminLength {
    /** Bytes of an Identify data structure and of a controller list, and most of a feature's. */
    public static final int STRUCTURE = 4096;

    private static final long UNKNOWN = -1;
    private static final int DWORD = 4;

    /** CDW10 bits 3:0 of Namespace Management. */
    private static final int SELECT = 0xF;

    private static final int CREATE = 0;

    private AdminLength() {}

    /**
     * The room that a command's memory has to have, in bytes; 0 where it has none.
     *
     * @param given bytes of the data that the caller has for it
     * @param most bytes that any command moves
     * @param lengthIsTold whether the data pointer tells the controller how much there is, so that
     *     it moves no more
     * @throws IllegalArgumentException if the fields say that it moves other data
     */
    public static long room(
            int opcode, Dwords dwords, long given, long most, boolean lengthIsTold) {
        if (given > 0 && !NvmCommand.movesData(opcode)) {
            throw new IllegalArgumentException(
                    "by bits 1:0 of its opcode, %02Xh, the command moves no data"
                            .formatted(opcode));
        }
        AdminOpcode known = AdminOpcode.fromValue(opcode).orElse(null);
        long exact = known == null ? UNKNOWN : exact(known, dwords);
        if (exact != UNKNOWN && exact != given) {
            throw says("", exact, given);
        }
        long room = exact != UNKNOWN ? exact : given;
        if (room > most) {
            throw new IllegalArgumentException(
                    "a command moves at most %,d bytes here, not %,d".formatted(most, room));
        }
        // Of a command that only reads, nothing that the caller doesn't give is at stake.
        boolean mayBeMore = exact == UNKNOWN && (given > 0 || NvmCommand.movesToHost(opcode));
        return mayBeMore ? roomForMore(known, dwords, given, lengthIsTold ? given : most) : room;
    }

    /** What a command moves whose fields say so; {@link #UNKNOWN} of others. */
    private static long exact(AdminOpcode opcode, Dwords dwords) {
        return switch (opcode) {
            case IDENTIFY, NAMESPACE_ATTACHMENT -> STRUCTURE;
            case GET_LOG_PAGE ->
                    (high16(dwords.from10()) | low16(dwords.from10() >>> 32) << 16) * DWORD + DWORD;
            case FIRMWARE_IMAGE_DOWNLOAD -> (low(dwords.from10()) + 1) * DWORD;
            case GET_LBA_STATUS -> (low(dwords.from12()) + 1) * DWORD;
            case SECURITY_SEND, SECURITY_RECEIVE -> dwords.from10() >>> 32;
            case NAMESPACE_MANAGEMENT -> (dwords.from10() & SELECT) == CREATE ? STRUCTURE : 0;
            case ABORT,
                    CAPACITY_MANAGEMENT,
                    DEVICE_SELF_TEST,
                    FIRMWARE_COMMIT,
                    FORMAT_NVM,
                    KEEP_ALIVE,
                    LOCKDOWN,
                    SANITIZE,
                    VIRTUALIZATION_MANAGEMENT ->
                    0;
            default -> UNKNOWN;
        };
    }

    /**
     * Features have a structure at most, directives what their dwords say at most; of what nobody
     * knows, a controller moves no more than it does at all.
     */
    private static long roomForMore(
            @Nullable AdminOpcode known, Dwords dwords, long given, long most) {
        long said =
                switch (known) {
                    case GET_FEATURES, SET_FEATURES -> STRUCTURE;
                    case DIRECTIVE_SEND, DIRECTIVE_RECEIVE -> (low(dwords.from10()) + 1) * DWORD;
                    case null, default -> most;
                };
        if (given > said) {
            throw says("up to ", said, given);
        }
        return said;
    }

    private static IllegalArgumentException says(String limit, long said, long given) {
        return new IllegalArgumentException(
                "the command's fields say that it moves %s%,d bytes, and its data have %,d"
                        .formatted(limit, said, given));
    }

    private static long low(long dwords) {
        return dwords & 0xFFFF_FFFFL;
    }

    private static long low16(long dwords) {
        return dwords & 0xFFFF;
    }

    private static long high16(long dwords) {
        return dwords >>> 16 & 0xFFFF;
    }
}
