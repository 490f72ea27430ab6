// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import io.nvme4j.Controller;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.ScatterGatherList;

/** A list for each slot, made anew only where its length changes. */
final class SlotLists {
    private final SlotMemory memory;
    private final ScatterGatherList[] lists;

    SlotLists(Controller controller, SlotMemory memory) {
        this.memory = memory;
        this.lists = new ScatterGatherList[memory.slots()];
        for (int slot = 0; slot < lists.length; slot++) {
            lists[slot] = controller.scatterGatherList(CopyPolicy.REFUSE);
        }
    }

    /**
     * The list of a slot, of so many bytes.
     *
     * @param unit bytes of a piece
     * @param stride bytes from the beginning of a piece to that of the next
     */
    ScatterGatherList of(int slot, long bytes, long unit, long stride) {
        ScatterGatherList list = lists[slot];
        if (list.length() == bytes) {
            return list;
        }
        list.clear();
        long at = memory.offset(slot);
        for (long done = 0; done < bytes; done += unit) {
            list.add(memory.buffer(), at, Math.min(unit, bytes - done));
            at += stride;
        }
        return list;
    }

    /** The list of a slot, of so many bytes in one piece. */
    ScatterGatherList of(int slot, long bytes) {
        return of(slot, bytes, bytes, 0);
    }
}
