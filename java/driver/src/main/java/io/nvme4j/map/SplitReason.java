// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

/** Why a command ends where it does. */
public enum SplitReason {
    /** The transfer is done. */
    END("the transfer ends"),
    /** The controller's or the transport's limit on a command's bytes. */
    MAXIMUM_TRANSFER_SIZE("maximum transfer size (MDTS)"),
    /** The field NLB has 16 bits. */
    NUMBER_OF_LOGICAL_BLOCKS("most blocks that a command can say (NLB)"),
    /** A multiple of the namespace's optimal I/O boundary. */
    OPTIMAL_IO_BOUNDARY("optimal I/O boundary (NOIOB)"),
    /** A zone ends. */
    ZONE("the zone ends"),
    /** What comes next in memory can't be in the same data pointer. */
    DATA_POINTER("what follows in memory fits no PRP list, SGL or fragment of this command"),
    /** What comes next of the metadata is elsewhere in memory. */
    METADATA("the metadata go on elsewhere in memory");

    private final String text;

    SplitReason(String text) {
        this.text = text;
    }

    /** {@return a few words that tell people the reason} */
    public String text() {
        return text;
    }
}
