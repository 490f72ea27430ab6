// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

/**
 * A command that did not complete in its time. What becomes of it is unknown: it may still be
 * carried out, and its memory is in use until it has ended.
 */
public final class CommandTimeoutException extends ShimException {
    private static final long serialVersionUID = 1;

    CommandTimeoutException(String what) {
        super(what, Errno.ETIMEDOUT, "");
    }
}
