// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import org.jspecify.annotations.Nullable;

/**
 * The request of a lane that waits for others to complete, if there is one; nothing behind it is
 * taken before it went. The reactor's alone.
 */
final class HeldRequest {
    private static final Caller NOBODY = new Caller((tag, status, result) -> {}, 0, -1, 0);

    private final LaneCommands commands;
    private final LaneLife life;
    private @Nullable Special special;
    private Caller caller = NOBODY;

    HeldRequest(LaneCommands commands, LaneLife life) {
        this.commands = commands;
        this.life = life;
    }

    boolean isEmpty() {
        return special == null;
    }

    /** Who waits for the request, or for the last that was held. */
    Caller caller() {
        return caller;
    }

    void hold(Special newSpecial, Caller newCaller) {
        assert special == null;
        special = newSpecial;
        caller = newCaller;
    }

    /** Tries to send it, or ends it where nothing is sent any more. Returns whether it went. */
    boolean resume() {
        Special waiting = special;
        if (waiting == null) {
            return false;
        }
        if (life.isRecovering()) {
            return false;
        }
        boolean went = true;
        if (life.failure() != 0) {
            waiting.end(commands, caller, life.failure());
        } else {
            went = waiting.start(commands, caller);
        }
        if (went) {
            special = null;
        }
        commands.submitStaged();
        return went;
    }

    /** Ends it, if there is one. */
    void end(int status) {
        Special ended = special;
        special = null;
        if (ended != null) {
            ended.end(commands, caller, status);
        }
    }
}
