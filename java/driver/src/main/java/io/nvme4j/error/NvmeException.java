// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

import java.util.Objects;

/**
 * Something that nvme4j could not do. The message is a complete sentence that says what was tried
 * and, where there is one, the remedy.
 */
public class NvmeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Makes one that has no errno and no status.
     *
     * @param message what was tried, what went wrong, what to do
     */
    public NvmeException(String message) {
        super(Objects.requireNonNull(message, "message"));
    }

    /** The message; there always is one. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /**
     * {@return whether the same thing may succeed when it is tried again, and does no harm then;
     * false where that isn't known}
     */
    public boolean isRetryable() {
        return false;
    }
}
