// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

/**
 * A command that was cancelled, or whose queue pair was closed, before it had completed. It may
 * have been carried out.
 */
public final class CommandCancelledException extends ShimException {
    private static final long serialVersionUID = 1;

    CommandCancelledException(String what) {
        super(what, Errno.ECANCELED, "");
    }
}
