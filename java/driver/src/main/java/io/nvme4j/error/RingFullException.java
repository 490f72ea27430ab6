// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

/**
 * Says that a command was not published, as the ring stayed full for as long as the caller would
 * wait.
 */
public final class RingFullException extends NvmeException {
    private static final long serialVersionUID = 1;

    /** Makes one. */
    public RingFullException() {
        super("the ring is full: wait longer for room, or publish less at once");
    }

    /** Says true, as nothing was published. */
    @Override
    public boolean isRetryable() {
        return true;
    }
}
