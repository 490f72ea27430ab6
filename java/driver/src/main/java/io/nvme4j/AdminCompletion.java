// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.error.CommandException;
import io.nvme4j.spec.Status;

import java.util.Objects;

/**
 * What a controller has answered to an admin command.
 *
 * @param status SCT, SC and their like; some that are no success say that there is more to do, as
 *     Firmware Activation Requires Controller Level Reset does
 * @param result DW0 of the completion queue entry
 */
public record AdminCompletion(Status status, int result) {
    /** Checks that there is a status. */
    public AdminCompletion {
        Objects.requireNonNull(status, "status");
    }

    /** {@return whether the status is Successful Completion} */
    public boolean isSuccess() {
        return status.isSuccess();
    }

    /**
     * Goes on with a command that has succeeded.
     *
     * @return this
     * @throws CommandException if it has not
     */
    public AdminCompletion orThrow() {
        if (!isSuccess()) {
            throw CommandException.of(status.field());
        }
        return this;
    }
}
