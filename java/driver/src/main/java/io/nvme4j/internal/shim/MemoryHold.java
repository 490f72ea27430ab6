// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps an arena from being closed: {@link Arena#close} refuses while a native call is at work on
 * one of its segments, so there are calls that last as long as something is to be held. An arena is
 * held once, however many ask for it, and {@value HoldingCall#MOST} arenas take one thread.
 * Thread-safe.
 */
public final class MemoryHold {
    /* Guarded by the class. */
    private static final Map<MemorySegment.Scope, MemoryHold> HOLDS = new HashMap<>();
    private static final List<HeldArenas> CALLS = new ArrayList<>();

    private final MemorySegment segment;
    private final HeldArenas call;
    private int count; // guarded by the class

    private MemoryHold(MemorySegment segment, HeldArenas call) {
        this.segment = segment;
        this.call = call;
    }

    /**
     * Takes a hold on the arena of a segment.
     *
     * @throws IllegalStateException if the arena is closed
     */
    public static MemoryHold on(MemorySegment segment) {
        NativeLibrary.ensureLoaded();
        synchronized (MemoryHold.class) {
            MemoryHold hold = HOLDS.get(segment.scope());
            if (hold == null) {
                hold = first(segment);
            }
            hold.count++;
            return hold;
        }
    }

    private static MemoryHold first(MemorySegment segment) {
        HeldArenas call =
                CALLS.stream().filter(HeldArenas::hasRoom).findFirst().orElseGet(HeldArenas::new);
        boolean isNew = call.isEmpty();
        call.add(segment);
        if (isNew) {
            CALLS.add(call);
        }
        MemoryHold hold = new MemoryHold(segment, call);
        HOLDS.put(segment.scope(), hold);
        return hold;
    }

    /** Lets the arena be closed, where nobody else holds it, from the moment that this returns. */
    public void release() {
        synchronized (MemoryHold.class) {
            if (count == 1) {
                call.remove(segment);
                HOLDS.remove(segment.scope());
                if (call.isEmpty()) {
                    CALLS.remove(call);
                }
            }
            count--;
        }
    }
}
