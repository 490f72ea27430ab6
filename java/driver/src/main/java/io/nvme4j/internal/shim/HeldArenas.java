// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * As many arenas as one native call holds, each by a segment of it. A change begins a call that
 * holds what is to be held from then on, and ends the former one after that, so that nothing is let
 * go in between. One thread at a time.
 */
final class HeldArenas {
    private List<MemorySegment> segments = List.of();
    private @Nullable HoldingCall call;

    boolean hasRoom() {
        return segments.size() < HoldingCall.MOST;
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    /**
     * Holds one more.
     *
     * @throws IllegalStateException if the segment's arena is closed
     */
    void add(MemorySegment segment) {
        List<MemorySegment> more = new ArrayList<>(segments);
        more.add(segment);
        hold(more);
    }

    /** Lets one go. */
    void remove(MemorySegment segment) {
        List<MemorySegment> fewer = new ArrayList<>(segments);
        fewer.remove(segment);
        hold(fewer);
    }

    private void hold(List<MemorySegment> next) {
        HoldingCall former = call;
        call = next.isEmpty() ? null : HoldingCall.begin(next);
        segments = next;
        if (former != null) {
            former.end();
        }
    }
}
