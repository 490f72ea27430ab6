// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.queue.CommandQueue;

/** The caller's tag of the command in each slot, with which a handler is told of its completion. */
final class SlotTags implements CommandQueue.SlotHandler {
    private final long[] tags;

    /* The handler of the delivery that is under way. */
    private CompletionHandler handler = SlotTags::ignore;

    SlotTags(int slots) {
        this.tags = new long[slots];
    }

    /** Says with what tag somebody is told of the command in a slot. */
    void put(int slot, long tag) {
        tags[slot] = tag;
    }

    /** Says who is told. */
    void tell(CompletionHandler newHandler) {
        handler = newHandler;
    }

    @Override
    public void completed(int slot, int status, int result) {
        handler.onCompletion(tags[slot], status, result);
    }

    private static void ignore(long tag, int status, int result) {}
}
