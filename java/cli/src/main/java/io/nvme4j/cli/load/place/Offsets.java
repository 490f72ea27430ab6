// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

/** Where commands go, in logical blocks from the beginning of the job's region. */
public interface Offsets {
    /**
     * The place of the next command.
     *
     * @param blocks that it should move; they fit in there
     */
    long next(int blocks);

    /** Begins anew, as if no command had been. */
    default void restart() {}

    /** Blocks that the next command has room for, at least as many as the smallest has. */
    default long room() {
        return Long.MAX_VALUE;
    }

    /**
     * How many blocks the command may move there; fewer than asked for where the rest has been
     * visited.
     */
    default int granted(int blocks) {
        return blocks;
    }
}
