// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.admin;

import io.nvme4j.internal.wait.Uncaught;
import io.nvme4j.spec.AsynchronousEvent;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Events for one listener, which is told of one after the other, on a virtual thread that lives as
 * long as there are any. It may take its time, throw, or call whatever it likes.
 */
final class EventQueue {
    /** Events that wait for a listener; a controller that has more has said enough. */
    private static final int MOST = 1024;

    private final Consumer<AsynchronousEvent> listener;
    private final ArrayDeque<AsynchronousEvent> events = new ArrayDeque<>(); // guarded by itself
    private boolean telling; // guarded by the events
    private boolean ended; // guarded by the events

    EventQueue(Consumer<AsynchronousEvent> listener) {
        this.listener = listener;
    }

    void add(AsynchronousEvent event) {
        synchronized (events) {
            if (ended || events.size() == MOST) {
                return;
            }
            events.add(event);
            if (!telling) {
                telling = true;
                Thread.ofVirtual().name("nvme4j-events").start(this::tellAll);
            }
        }
    }

    /** The listener is told of no further event. */
    void end() {
        synchronized (events) {
            ended = true;
            events.clear();
        }
    }

    private void tellAll() {
        AsynchronousEvent event;
        while ((event = next()) != null) {
            AsynchronousEvent told = event;
            Uncaught.run(() -> listener.accept(told));
        }
    }

    private @Nullable AsynchronousEvent next() {
        synchronized (events) {
            AsynchronousEvent event = events.poll();
            telling = event != null;
            return event;
        }
    }
}
