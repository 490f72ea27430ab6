// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.internal.engine.Idler;
import io.nvme4j.internal.engine.Reactor;
import io.nvme4j.internal.wait.Waiting;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Threads that run the queue pairs of engines. Engines of several controllers may share a group;
 * each has a queue pair on every reactor of the group.
 *
 * <p>Thread-safe.
 */
public final class ReactorGroup implements AutoCloseable {
    /** More threads than that are a mistake. */
    private static final int MAXIMUM = 1024;

    private static final AtomicInteger GROUPS = new AtomicInteger();

    private final List<Reactor> reactors;

    private ReactorGroup(int[] processors, IdleStrategy strategy) {
        Objects.requireNonNull(strategy, "strategy");
        int group = GROUPS.incrementAndGet();
        List<Reactor> made = new ArrayList<>();
        for (int i = 0; i < processors.length; i++) {
            made.add(
                    new Reactor(
                            "nvme4j-reactor-" + group + "-" + i, processors[i], idler(strategy)));
        }
        this.reactors = List.copyOf(made);
        try {
            reactors.forEach(Reactor::start);
            reactors.forEach(Reactor::awaitStarted);
        } catch (RuntimeException | Error e) {
            reactors.forEach(Reactor::stop);
            throw e;
        }
    }

    private static Idler idler(IdleStrategy strategy) {
        return switch (strategy) {
            case SPIN -> Idler.spinning();
            case YIELD -> Idler.yielding();
            case SLEEP -> Idler.sleeping();
        };
    }

    /**
     * Starts reactors that the operating system may run anywhere.
     *
     * @param reactors threads, 1 to 1024
     * @param strategy what each does when it finds nothing to do
     * @return the group, which the caller closes after its engines
     */
    public static ReactorGroup start(int reactors, IdleStrategy strategy) {
        checkSize(reactors);
        return new ReactorGroup(
                IntStream.range(0, reactors).map(i -> Reactor.ANYWHERE).toArray(), strategy);
    }

    /**
     * Starts a reactor on each of these processors.
     *
     * @param strategy what each does when it finds nothing to do
     * @param processors numbers of processors, 1 to 1024 of them
     * @return the group, which the caller closes after its engines
     * @throws io.nvme4j.error.ShimException if the process may not run on one of them
     */
    public static ReactorGroup onProcessors(IdleStrategy strategy, int... processors) {
        checkSize(processors.length);
        for (int processor : processors) {
            if (processor < 0) {
                throw new IllegalArgumentException("there is no processor " + processor);
            }
        }
        return new ReactorGroup(processors.clone(), strategy);
    }

    private static void checkSize(int reactors) {
        if (reactors < 1 || reactors > MAXIMUM) {
            throw new IllegalArgumentException(
                    "a group has 1 to " + MAXIMUM + " reactors, not " + reactors);
        }
    }

    List<Reactor> reactors() {
        return reactors;
    }

    boolean isReactor() {
        for (int i = 0; i < reactors.size(); i++) { // by index: no iterator to allocate
            if (reactors.get(i).isCurrentThread()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Ends the threads. Closing twice does nothing.
     *
     * @throws IllegalStateException if engines still use them, or on one of them
     */
    @Override
    public void close() {
        if (isReactor()) {
            throw new IllegalStateException("a handler can't close its own reactors");
        }
        if (reactors.stream().anyMatch(Reactor::isUsed)) {
            throw new IllegalStateException("engines still use the reactors: close these first");
        }
        reactors.forEach(Reactor::stop);
        boolean interrupted = false;
        for (Reactor reactor : reactors) {
            interrupted |= Waiting.join(reactor.thread());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
