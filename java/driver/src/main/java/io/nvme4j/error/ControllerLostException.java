// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

/** A command that did not complete because its controller is gone, or has failed. */
public final class ControllerLostException extends ShimException {
    private static final long serialVersionUID = 1;

    ControllerLostException(String what) {
        super(what, Errno.ENXIO, "");
    }
}
