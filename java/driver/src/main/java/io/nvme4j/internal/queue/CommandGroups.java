// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.internal.memory.ListUse;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.StatusCode;

import java.util.Arrays;

/**
 * Which commands belong together, as they are parts of one transfer: the slot of the first stands
 * for all, and stays taken until the last has completed. The transfer's status is that of the part
 * that failed first.
 */
final class CommandGroups {
    private static final int ALONE = -1;

    /** Of a status: SCT and SC. */
    private static final int TYPE_AND_CODE = 0x7FF;

    private static final int FAILED_FUSED_COMMAND =
            StatusCode.COMMAND_ABORTED_DUE_TO_FAILED_FUSED_COMMAND.code();

    private final int[] heads;
    private final int[] left;
    private final int[] statuses;
    private final int[] results;
    private final ListUse[] lists;

    CommandGroups(int depth) {
        heads = new int[depth];
        left = new int[depth];
        statuses = new int[depth];
        results = new int[depth];
        lists = new ListUse[depth];
        Arrays.setAll(lists, slot -> new ListUse());
        Arrays.fill(heads, ALONE);
    }

    /**
     * @param list that its caller sees to, until it was told
     */
    void begin(int head, int parts, ScatterGatherList list) {
        lists[head].begin(list);
        begin(head, parts);
    }

    /**
     * @param use which ends with the last part
     */
    void begin(int head, int parts, ListUse use) {
        use.moveTo(lists[head]);
        begin(head, parts);
    }

    private void begin(int head, int parts) {
        left[head] = parts;
        statuses[head] = 0;
        results[head] = 0;
    }

    /** Has a list stay as it is until the part in a slot, which is no head, has completed. */
    void keep(int slot, ListUse use) {
        use.moveTo(lists[slot]);
    }

    void add(int slot, int head) {
        heads[slot] = head;
    }

    /** Undoes {@link #add}. */
    void remove(int slot) {
        heads[slot] = ALONE;
    }

    /** The slot of the first part. */
    int head(int slot) {
        return heads[slot];
    }

    /**
     * Notes that a part has completed.
     *
     * @return whether it was the last
     */
    boolean complete(int slot, int status, int result) {
        int head = heads[slot];
        heads[slot] = ALONE;
        if (statuses[head] == 0 || (status != 0 && saysLittle(statuses[head]))) {
            statuses[head] = status;
            results[head] = result;
        }
        if (slot != head) {
            lists[slot].end();
        }
        if (--left[head] > 0) {
            return false;
        }
        lists[head].end();
        return true;
    }

    /** Whether it only says that the other of a fused pair has failed. */
    private static boolean saysLittle(int status) {
        return (status & TYPE_AND_CODE) == FAILED_FUSED_COMMAND;
    }

    int status(int head) {
        return statuses[head];
    }

    int result(int head) {
        return results[head];
    }

    /** Ends all that is left, as their queue pair is gone. */
    void abandon() {
        for (ListUse use : lists) {
            use.end();
        }
    }
}
