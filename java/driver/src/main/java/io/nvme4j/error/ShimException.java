// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

import java.util.Objects;

/** A call into the native library that failed, with its errno. */
public class ShimException extends NvmeException {
    private static final long serialVersionUID = 1;

    /** The errno, positive. */
    private final int errno;

    /**
     * Makes one whose message says what failed, and the errno's meaning where there is no detail.
     *
     * @param what the thing tried, as in "attaching to trtype:EMBEDDED"
     * @param errno the errno, positive
     * @param detail what the native library had to say, or empty
     */
    public ShimException(String what, int errno, String detail) {
        super(
                Objects.requireNonNull(what, "what")
                        + " failed: "
                        + (detail.isEmpty() ? Errno.describe(errno) : detail));
        this.errno = errno;
    }

    /** {@return the errno of Linux, positive} */
    public int errno() {
        return errno;
    }
}
