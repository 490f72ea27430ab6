// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

import io.nvme4j.spec.Status;

/**
 * The status that a completion handler is given, a number: 0 for success; else the NVMe status
 * field in bits 14:0, which the device gave, or an errno in bits 31:16 for a command that the
 * device did not answer.
 */
public final class CompletionStatus {
    private static final int ERRNO_SHIFT = 16;
    private static final int MAXIMUM_ERRNO = 0xFFFF;

    private CompletionStatus() {}

    /**
     * {@return the status of a command that the device did not answer}
     *
     * @param errno why, 1 to 65,535
     * @throws IllegalArgumentException if it is out of range
     */
    public static int ofErrno(int errno) {
        if (errno < 1 || errno > MAXIMUM_ERRNO) {
            throw new IllegalArgumentException("an errno is 1 to 65535, not " + errno);
        }
        return errno << ERRNO_SHIFT;
    }

    /**
     * {@return why the device did not answer: an errno, or 0 if it did}
     *
     * @param completion what a completion handler was given
     */
    public static int errno(int completion) {
        return completion >>> ERRNO_SHIFT;
    }

    /**
     * {@return what the device answered; a success where it did not, as {@link #errno} tells}
     *
     * @param completion what a completion handler was given
     */
    public static Status answer(int completion) {
        return Status.of(completion);
    }
}
