// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

import io.nvme4j.spec.Status;
import io.nvme4j.spec.StatusCodeType;

/** A command that reached the device and completed with an NVMe status other than success. */
public class CommandException extends NvmeException {
    private static final long serialVersionUID = 1;

    /** The status field as the device gave it. */
    private final int statusField;

    CommandException(Status status) {
        super(describe(status));
        this.statusField = status.field();
    }

    /**
     * The exception for a completion that was not a success.
     *
     * @param completion what a completion handler was given as its status ({@link
     *     CompletionStatus})
     * @return a {@code CommandException}, if it is about the medium a {@link MediaException}; for
     *     an errno a {@link ShimException}: {@link CommandTimeoutException}, {@link
     *     CommandCancelledException} and {@link ControllerLostException} are some
     */
    public static NvmeException of(int completion) {
        int errno = CompletionStatus.errno(completion);
        return errno == 0
                ? ofAnswer(CompletionStatus.answer(completion))
                : ofErrno("submitting the command", errno);
    }

    private static CommandException ofAnswer(Status status) {
        return status.type() == StatusCodeType.MEDIA_AND_DATA_INTEGRITY.value()
                ? new MediaException(status)
                : new CommandException(status);
    }

    private static ShimException ofErrno(String what, int errno) {
        return switch (errno) {
            case Errno.ETIMEDOUT -> new CommandTimeoutException(what);
            case Errno.ECANCELED -> new CommandCancelledException(what);
            case Errno.ENXIO -> new ControllerLostException(what);
            default -> new ShimException(what, errno, "");
        };
    }

    /** Whether the status lacks Do Not Retry (DNR): the same command may succeed. */
    @Override
    public boolean isRetryable() {
        return !status().doNotRetry();
    }

    /** {@return the status that the device gave} */
    public Status status() {
        return Status.of(statusField);
    }

    private static String describe(Status status) {
        String hint = status.hint();
        return hint.isEmpty() ? status.toString() : status + ": " + hint;
    }
}
