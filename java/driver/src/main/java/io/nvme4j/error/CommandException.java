// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

import io.nvme4j.spec.Status;

/** A command that reached the device and completed with an NVMe status other than success. */
public final class CommandException extends NvmeException {
    private static final long serialVersionUID = 1;

    private final int statusField;

    private CommandException(int statusField) {
        super(describe(Status.of(statusField)));
        this.statusField = statusField;
    }

    /**
     * The exception for a completion that was not a success.
     *
     * @param completion what a completion handler was given as its status: the NVMe status field in
     *     bits 14:0, an errno in bits 31:16 if the command never reached the device
     * @return a {@code CommandException}, or a {@link ShimException} for an errno
     */
    public static NvmeException of(int completion) {
        int errno = completion >>> 16;
        return errno == 0
                ? new CommandException(completion & 0x7FFF)
                : new ShimException("submitting the command", errno, "");
    }

    /** The status that the device gave. */
    public Status status() {
        return Status.of(statusField);
    }

    private static String describe(Status status) {
        String hint = status.hint();
        return hint.isEmpty() ? status.toString() : status + ": " + hint;
    }
}
