// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory;

/** What becomes of transfers from or to memory that the controller can't use as it is. */
public enum CopyPolicy {
    /** Their data are copied through memory of the library's. */
    COPY,
    /** They are refused. */
    REFUSE
}
