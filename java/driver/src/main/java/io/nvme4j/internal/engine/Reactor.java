// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.Affinity;
import io.nvme4j.internal.wait.Uncaught;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;

/** A thread that runs lanes, of one engine or of several, in turn. */
public final class Reactor implements Runnable {
    /** Not pinned to a processor. */
    public static final int ANYWHERE = -1;

    private final int processor;
    private final Idler idler;
    private final Thread thread;
    private final BooleanSupplier hasWork = this::hasWork;
    private final CompletableFuture<Void> started = new CompletableFuture<>();

    /* Replaced as a whole under the lock; read by the thread. */
    private volatile List<Lane> lanes = List.of();
    private volatile boolean stopping;

    public Reactor(String name, int processor, Idler idler) {
        this.processor = processor;
        this.idler = idler;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this);
    }

    public void start() {
        thread.start();
    }

    /** Throws what kept the thread from its processor. */
    public void awaitStarted() {
        try {
            started.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    synchronized void add(Lane lane) {
        if (stopping) {
            throw new IllegalStateException("the reactors are closed");
        }
        List<Lane> more = new ArrayList<>(lanes);
        more.add(lane);
        lanes = List.copyOf(more);
        wake();
    }

    private synchronized void remove(Lane lane) {
        lanes = lanes.stream().filter(each -> each != lane).toList();
    }

    public synchronized boolean isUsed() {
        return !lanes.isEmpty();
    }

    /** Something was published to one of the lanes, or asked of it. Any thread. */
    void wake() {
        idler.wake(thread);
    }

    /** Ends the thread once its lanes are done. */
    public void stop() {
        synchronized (this) {
            stopping = true;
        }
        wake();
    }

    public Thread thread() {
        return thread;
    }

    @Override
    public void run() {
        try {
            if (processor != ANYWHERE) {
                Affinity.pin(processor);
            }
            started.complete(null);
        } catch (RuntimeException | Error e) {
            started.completeExceptionally(e);
            return;
        }
        while (!stopping || !lanes.isEmpty()) {
            if (work()) {
                idler.reset();
            } else {
                if (idler.rest(mustPoll(), hasWork)) {
                    lanes.forEach(Lane::lookAfter);
                }
            }
        }
    }

    private boolean work() {
        boolean worked = false;
        List<Lane> now = lanes;
        for (int i = 0; i < now.size(); i++) { // by index: no iterator to allocate
            Lane lane = now.get(i);
            worked |= work(lane);
            if (lane.isDone()) {
                remove(lane); // before who waits for the end learns of it
                lane.finish();
            }
        }
        return worked;
    }

    private static boolean work(Lane lane) {
        try {
            return lane.work();
        } catch (RuntimeException | Error e) {
            // A mistake of this library's, or no memory is left for the Java heap; the lane's
            // callers are told, and other lanes go on.
            Uncaught.tell(e);
            lane.abandon();
            return true;
        }
    }

    private boolean mustPoll() {
        List<Lane> now = lanes;
        for (int i = 0; i < now.size(); i++) {
            if (now.get(i).mustPoll()) {
                return true;
            }
        }
        return false;
    }

    private boolean hasWork() {
        boolean any = stopping;
        List<Lane> now = lanes;
        for (int i = 0; i < now.size() && !any; i++) {
            any = now.get(i).hasWork();
        }
        return any;
    }
}
