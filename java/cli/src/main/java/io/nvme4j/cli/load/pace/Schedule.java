// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.pace;

/** When the next command is due, and of which direction it is. */
public interface Schedule {
    /** No command is due. */
    int NONE_DUE = -1;

    /**
     * The Index of the direction of a command that is due, or {@link #NONE_DUE}.
     *
     * @param inFlight commands that have not completed
     */
    int next(long now, int inFlight);

    /** Whether {@link #next} depends on neither argument: a command is always due. */
    default boolean isFreeOfTime() {
        return false;
    }

    /** When the command of the last {@link #next} should have started. */
    long intendedStart();

    /** That command is issued, and moves so many bytes. */
    void issued(long bytes);

    /** What was due before counts no more. */
    void restart(long now);

    /** There are no further commands. */
    default void end() {}
}
