// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What callers have open of a controller, and have to close before it. Memory that the library
 * allocates for itself is none of it. Thread-safe.
 */
public final class Holders {
    /** Kinds of things that callers open, in the order in which they can be closed. */
    public enum Kind {
        QUEUE_PAIR("queue pair", true),
        ENGINE("engine", true),
        POOL("buffer pool", false),
        ALLOCATED("allocated buffer", false),
        REGISTERED("registered buffer", false);

        private final String name;
        private final boolean sendsCommands;

        Kind(String name, boolean sendsCommands) {
            this.name = name;
            this.sendsCommands = sendsCommands;
        }

        private String times(int count) {
            return count + " " + name + (count == 1 ? "" : "s");
        }
    }

    private final Map<Kind, Integer> open = new EnumMap<>(Kind.class); // guarded by this
    private int changes; // of namespaces, under way; guarded by this

    /**
     * Something is open, or about to be.
     *
     * @throws IllegalStateException if it would send commands while namespaces change
     */
    public synchronized void add(Kind kind) {
        if (kind.sendsCommands && changes > 0) {
            throw new IllegalStateException(
                    "a command that changes namespaces is under way (Format NVM, Namespace"
                            + " Management or Attachment): open no %s before it has ended"
                                    .formatted(kind.name));
        }
        open.merge(kind, 1, Integer::sum);
    }

    /**
     * Blocks may have another size from now on, until {@link #endChange}: nothing that moves them
     * is open, or can be opened, as what was checked before might be too small for them.
     *
     * @throws IllegalStateException if anything is
     */
    public synchronized void beginChange() {
        for (Kind kind : Kind.values()) {
            if (kind.sendsCommands && open.containsKey(kind)) {
                throw new IllegalStateException(
                        "a command that changes namespaces (Format NVM, Namespace Management or"
                                + " Attachment) needs all queue pairs and engines closed: "
                                + stillOpen());
            }
        }
        changes++;
    }

    /** The controller has ended the change. */
    public synchronized void endChange() {
        changes--;
    }

    /** It was closed, or could not be opened. */
    public synchronized void remove(Kind kind) {
        open.computeIfPresent(kind, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Counts a buffer until its memory is given back. */
    Backing holding(Kind kind, Backing memory) {
        add(kind);
        return new Counted(memory, this, kind);
    }

    private record Counted(Backing memory, Holders holders, Kind kind) implements Backing {
        @Override
        public void endAccess() {
            memory.endAccess();
        }

        @Override
        public void free() {
            memory.free();
            holders.remove(kind);
        }
    }

    /**
     * Checks that nothing is open.
     *
     * @throws ShimException if anything is; it says what
     */
    public synchronized void checkNone() {
        if (!open.isEmpty()) {
            throw new ShimException("closing the controller", Errno.EBUSY, stillOpen());
        }
    }

    private String stillOpen() {
        List<String> all = new ArrayList<>();
        open.forEach((kind, count) -> all.add(kind.times(count)));
        boolean isOne = all.size() == 1 && open.containsValue(1);
        String last = all.removeLast();
        return (all.isEmpty() ? "" : String.join(", ", all) + " and ")
                + last
                + (isOne ? " is still open: close it first" : " are still open: close them first");
    }
}
