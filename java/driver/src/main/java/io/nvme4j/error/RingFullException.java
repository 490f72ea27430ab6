// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

/**
 * A command that was not published, as the ring stayed full for as long as the caller would wait.
 */
public final class RingFullException extends NvmeException {
    private static final long serialVersionUID = 1;

    /** Says so. */
    public RingFullException() {
        super("the ring is full: wait longer for room, or publish less at once");
    }

    /** True: nothing was published. */
    @Override
    public boolean isRetryable() {
        return true;
    }
}
