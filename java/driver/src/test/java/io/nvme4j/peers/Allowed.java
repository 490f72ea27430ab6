// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.peers;

import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.NvmOpcode;

import java.util.Set;
import java.util.function.Predicate;

/** What two controllers may answer differently, both being right. */
@SuppressWarnings("ImmutableEnumChecker") // nothing changes them
enum Allowed {
    /** Base, "Status Field Definition": which of several errors is told is not said. */
    UNKNOWN_TO_BOTH_AND_OF_NO_NAMESPACE(
            wish -> !wish.isAdmin() && !wish.isKnown() && wish.nsid() != 1, 0x001, 0x00B),

    /** Base, "Identify Controller", ONCS and the like: such commands are optional. */
    OPTIONAL(
            wish ->
                    wish.is(NvmOpcode.VERIFY)
                            || wish.is(NvmOpcode.WRITE_UNCORRECTABLE)
                            || wish.is(NvmOpcode.CANCEL),
            0x000,
            0x001,
            0x00B,
            0x080),

    /** Base, "Identify Controller", VWC bits 2:1: a Flush of all namespaces is optional. */
    FLUSH_OF_ALL(wish -> wish.is(NvmOpcode.FLUSH) && wish.nsid() == -1, 0x000, 0x00B),

    /** NVM, "Identify Namespace", DLFEAT bit 3: whether DEAC can be set. */
    ZEROES_DEALLOCATED(wish -> wish.is(NvmOpcode.WRITE_ZEROES) && wish.deallocates(), 0x000, 0x002),

    /** NVM, "Dataset Management": nothing is said of ranges outside, and all is advice. */
    RANGE_OUTSIDE(
            wish -> wish.is(NvmOpcode.DATASET_MANAGEMENT) && wish.hasRangeOutside(),
            0x000,
            0x080,
            0x006),

    /** Base, "Feature Identifiers": which there are, their scope, and which bits can be set. */
    FEATURES(
            wish -> wish.is(AdminOpcode.GET_FEATURES) || wish.is(AdminOpcode.SET_FEATURES),
            0x000,
            0x002,
            0x00B,
            0x00F,
            0x10D,
            0x10E,
            0x10F),

    /** Base, "Log Page Identifiers", and "Identify Controller", LPA: pages and offsets. */
    LOG_PAGES(wish -> wish.is(AdminOpcode.GET_LOG_PAGE), 0x000, 0x002, 0x00B, 0x109),

    /** Base, "Identify", CNS: which structures there are, and of which command sets. */
    IDENTIFY(wish -> wish.is(AdminOpcode.IDENTIFY), 0x000, 0x002, 0x00B),

    /** Base, "Abort": a queue that there is not is an invalid field, or holds no such command. */
    ABORT(wish -> wish.is(AdminOpcode.ABORT), 0x000, 0x002),

    /** Base, "Namespace Identifiers": what has no use for NSID may refuse it. */
    VENDORS(wish -> wish.isAdmin() && wish.opcode() >= 0xC0, 0x001, 0x002, 0x00B);

    private final Predicate<Wish> commands;
    private final Set<Integer> statuses;

    Allowed(Predicate<Wish> commands, Integer... statuses) {
        this.commands = commands;
        this.statuses = Set.of(statuses);
    }

    /** Whether both answers are right. */
    static boolean allow(Wish wish, int status, int otherStatus) {
        for (Allowed one : values()) {
            if (one.commands.test(wish)
                    && one.statuses.contains(status)
                    && one.statuses.contains(otherStatus)) {
                return true;
            }
        }
        return false;
    }
}
