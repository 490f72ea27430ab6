// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.CompletionHandler;

/** A request that is more than the record in the ring. */
public interface Special {
    /**
     * Writes it and has it staged, if it can go now; what was staged goes out when this returns.
     * Called again, after more has completed, until it could.
     *
     * @return whether it went, or failed and its handler was told
     */
    boolean start(LaneCommands commands, Caller caller);

    /**
     * Ends it before it could go, or could go on.
     *
     * @param status that the caller is told, unless some of it has failed already
     */
    default void end(LaneCommands commands, Caller caller, int status) {
        commands.tell(caller, status);
    }

    /** Told that it was not published: its caller isn't told of anything. */
    default void abandon() {}

    /**
     * Told when a place in the ring was claimed for it, just before it is published. Must not
     * throw.
     *
     * @param caller who published it
     * @return who is told of the completion: the caller, or what ends something first
     */
    default CompletionHandler published(CompletionHandler caller) {
        return caller;
    }
}
