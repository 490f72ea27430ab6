// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import static io.nvme4j.internal.map.AddressSpace.MEMORY;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nvme4j.Controller;
import io.nvme4j.internal.Api;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.ValueLayout;

/** What the native library says of a queue's commands is checked. */
class CommandQueueTest {
    private static final int DEPTH = 4;

    @ParameterizedTest
    @ValueSource(longs = {DEPTH, -1, 1L << 32, Long.MIN_VALUE, Long.MAX_VALUE})
    void aTagThatIsNoSlotIsRefusedAndTellsNobody(long tag) {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096)) {
            CommandQueue queue = Api.commandQueue(controller, DEPTH);
            reapOne(queue, buffer);
            // The tag comes first in a completion record.
            MEMORY.set(ValueLayout.JAVA_LONG, queue.completions.begin(), tag);
            assertThrows(IllegalStateException.class, () -> queue.deliver(CommandQueueTest::told));
            assertFalse(queue.hasUndelivered());
            assertEquals(DEPTH - 1, queue.available());
            assertThrows(IllegalStateException.class, buffer::close);
            queue.close();
        }
    }

    private static void reapOne(CommandQueue queue, DmaBuffer buffer) {
        RecordArray records = RecordArray.ofSubmissions(DEPTH);
        long record = records.begin();
        NvmCommand.putBlocks(record, NvmCommand.READ, 1, 0, 1, 0);
        queue.take(record, Buffers.mapped(buffer), 0, 512);
        queue.exchange(records, record, 1);
        while (!queue.hasUndelivered()) {
            queue.exchange(records, record, 0);
        }
    }

    private static void told(int slot, int status, int result) {
        throw new AssertionError("told of slot " + slot);
    }
}
