// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.CompletionHandler;

import java.util.Optional;

/**
 * Commands that don't wait for room: nothing is published, and the answer is empty, where the ring
 * is full. They are made by {@link FutureIo#trying} and {@link BlockingIo#trying}, and are like
 * theirs otherwise.
 *
 * <p>Thread-safe.
 *
 * @param <R> what tells of the completion
 */
public final class TryingIo<R> extends Verbs<Optional<R>> {
    private final Verbs<R> verbs;

    TryingIo(Verbs<R> verbs) {
        super(verbs.publisher().trying());
        this.verbs = verbs;
    }

    @Override
    Promise<Optional<R>> promise() {
        return new Trial<>(verbs.promise());
    }

    private record Trial<R>(Promise<R> promise) implements Promise<Optional<R>> {
        @Override
        public CompletionHandler handler() {
            return promise.handler();
        }

        @Override
        public Optional<R> published(long ticket) {
            return ticket == Engine.NO_ROOM
                    ? Optional.empty()
                    : Optional.of(promise.published(ticket));
        }
    }
}
