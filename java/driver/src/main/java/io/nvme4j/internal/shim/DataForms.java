// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.internal.shim.generated.Nvme4j;

/**
 * Which forms of data pointers a transport takes.
 *
 * @param mask of 1 &lt;&lt; N4J_DATA_*
 */
public record DataForms(int mask) {
    /** PRPs that the caller made. */
    public boolean prp() {
        return takes(Nvme4j.N4J_DATA_PRP());
    }

    /** SGLs that the caller made. */
    public boolean sgl() {
        return takes(Nvme4j.N4J_DATA_SGL());
    }

    /** One virtual address and a length. */
    public boolean contiguous() {
        return takes(Nvme4j.N4J_DATA_CONTIGUOUS());
    }

    /** An array of virtual addresses and lengths. */
    public boolean fragments() {
        return takes(Nvme4j.N4J_DATA_FRAGMENTS());
    }

    private boolean takes(int form) {
        return (mask & 1 << form) != 0;
    }
}
