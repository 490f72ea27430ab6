// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

import java.util.Map;

/** The errno values of Linux that the native library uses. */
public final class Errno {
    /** Not permitted. */
    public static final int EPERM = 1;

    /** No such device or address. */
    public static final int ENXIO = 6;

    /** Bad address: the data is no DMA memory of the controller. */
    public static final int EFAULT = 14;

    /** In use. */
    public static final int EBUSY = 16;

    /** Invalid argument. */
    public static final int EINVAL = 22;

    /** Timed out: the caller waits no longer, though the command may still complete. */
    public static final int ETIMEDOUT = 110;

    /** Out of date: a namespace has other blocks than when the command was given. */
    public static final int ESTALE = 116;

    /** It runs already, and otherwise than it is wanted. */
    public static final int EALREADY = 114;

    /** Cancelled before it reached the device, or with its queue pair. */
    public static final int ECANCELED = 125;

    private static final Map<Integer, String> DESCRIPTIONS =
            Map.ofEntries(
                    Map.entry(EPERM, "not permitted (EPERM)"),
                    Map.entry(2, "no such file or target (ENOENT)"),
                    Map.entry(5, "input/output error (EIO)"),
                    Map.entry(ENXIO, "the controller is gone or has failed (ENXIO)"),
                    Map.entry(11, "try again (EAGAIN)"),
                    Map.entry(12, "out of memory (ENOMEM)"),
                    Map.entry(13, "permission denied (EACCES)"),
                    Map.entry(EFAULT, "the data is no DMA memory of this controller (EFAULT)"),
                    Map.entry(EBUSY, "in use (EBUSY)"),
                    Map.entry(19, "no such device (ENODEV)"),
                    Map.entry(EINVAL, "invalid argument (EINVAL)"),
                    Map.entry(28, "no space left (ENOSPC)"),
                    Map.entry(95, "not supported (EOPNOTSUPP)"),
                    Map.entry(104, "connection reset (ECONNRESET)"),
                    Map.entry(ETIMEDOUT, "timed out (ETIMEDOUT)"),
                    Map.entry(111, "connection refused (ECONNREFUSED)"),
                    Map.entry(EALREADY, "runs already, and otherwise (EALREADY)"),
                    Map.entry(
                            ESTALE,
                            "a namespace has other blocks by now: take the controller's namespaces"
                                    + " again, and start another engine (ESTALE)"),
                    Map.entry(ECANCELED, "cancelled (ECANCELED)"));

    private Errno() {}

    /**
     * {@return what an errno means, in words; for one that isn't known, its number}
     *
     * @param errno positive
     */
    public static String describe(int errno) {
        return DESCRIPTIONS.getOrDefault(errno, "errno " + errno);
    }
}
