// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

/** How a command says where its data is. */
public enum DataPointerForm {
    /** Physical region pages: PRP1, PRP2 and PRP lists. */
    PRP,
    /** Scatter gather list: a descriptor in the command, or segments of them. */
    SGL,
    /** One virtual address and a length, from which the transport makes the data pointer. */
    CONTIGUOUS,
    /** Virtual addresses and lengths, from which the transport makes the data pointer. */
    FRAGMENTS
}
