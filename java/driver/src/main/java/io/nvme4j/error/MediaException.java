// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

import io.nvme4j.spec.Status;

/**
 * A command that failed for what is on the medium: an error of the Status Code Type "Media and Data
 * Integrity Errors", such as Unrecovered Read Error or Compare Failure.
 */
public final class MediaException extends CommandException {
    private static final long serialVersionUID = 1;

    MediaException(Status status) {
        super(status);
    }
}
