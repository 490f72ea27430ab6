// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.nvme4j.Controller;
import io.nvme4j.internal.queue.IoRecorder;
import io.nvme4j.internal.wait.Nanos;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/** Says how an engine is made. What isn't set is as its setter says. */
public final class EngineBuilder {
    private static final int MAXIMUM_RING = 1 << 24;

    final Controller controller;
    int depth = 128;
    int ringSize = 1024;
    boolean singleProducer;
    @Nullable ReactorGroup reactors;
    IdleStrategy idleStrategy = IdleStrategy.SLEEP;
    long timeoutNanos;
    boolean abortsTimedOut = true;
    RecoveryPolicy recovery = RecoveryPolicy.NONE;
    boolean keepsLatencies;
    long slowNanos = IoRecorder.SLOW_NANOS;

    EngineBuilder(Controller controller) {
        this.controller = Objects.requireNonNull(controller, "controller");
    }

    /**
     * Sets how many commands each queue pair has in flight at once: 1 to the controller's maximum;
     * 128 unless set.
     *
     * @param commands 1 to {@link io.nvme4j.Limits#queueDepth()}; {@link #start} refuses others
     * @return this
     */
    public EngineBuilder depth(int commands) {
        depth = commands;
        return this;
    }

    /**
     * Sets how many requests can wait for each queue pair, rounded up to a power of two; 1024
     * unless set.
     *
     * @param requests 2 to 16,777,216
     * @return this
     */
    public EngineBuilder ringSize(int requests) {
        if (requests < 2 || requests > MAXIMUM_RING) {
            throw new IllegalArgumentException(
                    "a ring has 2 to " + MAXIMUM_RING + " requests, not " + requests);
        }
        ringSize = requests;
        return this;
    }

    /**
     * Promises that only one thread publishes, the first that does, which is quicker; others,
     * handlers among them, get an {@link IllegalStateException}.
     *
     * @return this
     */
    public EngineBuilder singleProducer() {
        singleProducer = true;
        return this;
    }

    /**
     * Sets the reactors to run on, with a queue pair on each; they outlive the engine. Unless set,
     * the engine has one of its own.
     *
     * @param group that isn't closed before the engine
     * @return this
     */
    public EngineBuilder reactors(ReactorGroup group) {
        reactors = Objects.requireNonNull(group, "group");
        return this;
    }

    /**
     * Sets how the engine's own reactor rests; {@link IdleStrategy#SLEEP} unless set.
     *
     * @param strategy what the reactor does when it finds nothing to do
     * @return this
     */
    public EngineBuilder idleStrategy(IdleStrategy strategy) {
        idleStrategy = Objects.requireNonNull(strategy, "strategy");
        return this;
    }

    /**
     * Sets the time limit of each command that has none of its own, from its publishing on; zero,
     * as it is unless set, for none.
     *
     * @param limit 0 or more
     * @return this
     */
    public EngineBuilder timeout(Duration limit) {
        timeoutNanos = Nanos.ofLimit(limit);
        return this;
    }

    /**
     * Sets whether the controller is asked to abort what has timed out, as it is unless set.
     *
     * @param abort whether an Abort command is sent
     * @return this
     */
    public EngineBuilder abortTimedOut(boolean abort) {
        abortsTimedOut = abort;
        return this;
    }

    /**
     * Sets what is done when a queue pair has failed; nothing is unless set.
     *
     * @param policy whether and how it is brought back
     * @return this
     */
    public EngineBuilder recovery(RecoveryPolicy policy) {
        recovery = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Measures latencies, for {@link Engine#takeLatencies}.
     *
     * @return this
     */
    public EngineBuilder keepLatencies() {
        keepsLatencies = true;
        return this;
    }

    /**
     * Sets the latency from which on the Flight Recorder is told of a command, as it is of each
     * that fails; 10 ms unless set.
     *
     * @param threshold 0 or more; 0 is for every command
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public EngineBuilder slow(Duration threshold) {
        slowNanos = Nanos.ofLatency(threshold);
        return this;
    }

    /**
     * Creates the queue pairs and starts.
     *
     * @return the engine, which the caller closes
     * @throws io.nvme4j.error.ShimException if the depth is out of range, or the controller has too
     *     few queue pairs left
     */
    public Engine start() {
        return new Engine(this);
    }

    /**
     * The ring has room for twice the depth at least, as one batch is on its way to C while the
     * next is being published.
     */
    int ringEvents() {
        int least = Math.max(ringSize, (int) Math.min(2L * depth, MAXIMUM_RING));
        return Integer.highestOneBit(least - 1) << 1;
    }
}
