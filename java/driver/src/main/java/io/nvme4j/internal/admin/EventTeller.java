// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.admin;

import io.nvme4j.spec.AsynchronousEvent;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Who is told of events, each apart from the others. Thread-safe. */
public final class EventTeller {
    private final List<EventQueue> queues = new CopyOnWriteArrayList<>();

    /**
     * From now on the listener is told of events.
     *
     * @return ends that
     */
    public Runnable add(Consumer<AsynchronousEvent> listener) {
        EventQueue queue = new EventQueue(listener);
        queues.add(queue);
        return () -> {
            queues.remove(queue);
            queue.end();
        };
    }

    /** Tells of an event, without waiting. */
    public void tell(AsynchronousEvent event) {
        queues.forEach(queue -> queue.add(event));
    }
}
