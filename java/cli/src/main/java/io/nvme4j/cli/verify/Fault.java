// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import java.util.Locale;

/**
 * A block that is not what it should be.
 *
 * @param kind what is wrong
 * @param lba of the block
 * @param detail what was found, and what should have been
 */
public record Fault(Kind kind, long lba, String detail) {
    /** What can be wrong with a block. */
    public enum Kind {
        /** A write was acknowledged, and nothing that was ever written here is here. */
        LOST,
        /** The block, or the write that it is part of, is here in parts only. */
        TORN,
        /** What is here was written to another place. */
        MISDIRECTED,
        /** What is here is older than what was acknowledged. */
        STALE;

        /** As reports have it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String toString() {
        return "LBA " + lba + " is " + kind.label() + ": " + detail;
    }
}
