// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * That a transfer is using a list, which can't be changed meanwhile. Only who holds this can end
 * it: so whatever else is called, a list in flight stays as it was. Reusable; one thread at a time.
 */
public final class ListUse {
    private @Nullable ScatterGatherList list;

    /**
     * A transfer that uses the list begins.
     *
     * @throws IllegalStateException if the one before has not ended, or another thread is changing
     *     the list
     */
    public void begin(ScatterGatherList list) {
        Objects.requireNonNull(list, "list");
        if (this.list != null) {
            throw new IllegalStateException("the use of a list has not ended");
        }
        Lists.begin(list);
        this.list = list;
    }

    /**
     * Hands the use over to another object, which is to end it. Does nothing where none has begun.
     *
     * @throws IllegalStateException if the use that the other has has not ended
     */
    public void moveTo(ListUse other) {
        Objects.requireNonNull(other, "other");
        if (other.list != null) {
            throw new IllegalStateException("the use of a list has not ended");
        }
        other.list = list;
        list = null;
    }

    /** It has ended. Does nothing where none has begun. */
    public void end() {
        ScatterGatherList used = list;
        if (used != null) {
            list = null;
            Lists.end(used);
        }
    }
}
