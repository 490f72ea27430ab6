// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

/** Told of each command that has completed, on the thread that processes its queue pair. */
@FunctionalInterface
public interface CompletionHandler {
    /**
     * A command has completed. It may prepare further commands on the queue pair, but not process
     * it.
     *
     * @param tag what the command was given when it was prepared
     * @param status 0 for success; {@link io.nvme4j.error.CompletionStatus} tells what any other is
     *     made of, and {@link io.nvme4j.error.CommandException#of} makes an exception of it
     * @param result command specific result, DW0 of the completion queue entry
     */
    void onCompletion(long tag, int status, int result);
}
