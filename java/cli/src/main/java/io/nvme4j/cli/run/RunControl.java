// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.load.pace.Flow;
import io.nvme4j.cli.run.data.WriteSets;
import io.nvme4j.cli.run.plan.ThreadPlan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What the workers of a run share: when to begin, when to stop, and what went wrong first. */
final class RunControl {
    private final CountDownLatch ready;
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch finished;
    private final Map<String, CountDownLatch> jobs = new HashMap<>();
    private final Map<Integer, Flow> flows = new ConcurrentHashMap<>();
    private final WriteSets writeSets = new WriteSets();
    private final boolean isCrowded;
    private volatile boolean stopped;
    private final Consumer<String> warnings;
    private String failure = "";

    /**
     * @param warnings is told of what does not end the run; by any thread
     */
    RunControl(List<ThreadPlan> workers, Consumer<String> warnings) {
        this.warnings = warnings;
        this.ready = new CountDownLatch(workers.size());
        this.finished = new CountDownLatch(workers.size());
        this.isCrowded =
                PollTurns.isCrowded(
                        workers.stream().map(ThreadPlan::processor).toList(),
                        Runtime.getRuntime().availableProcessors());
        workers.stream()
                .collect(Collectors.groupingBy(one -> one.job().name(), Collectors.counting()))
                .forEach((name, count) -> jobs.put(name, new CountDownLatch(count.intValue())));
    }

    /** What keeps the workers of a flow in proportion. */
    Flow flow(int id) {
        return flows.computeIfAbsent(id, none -> new Flow());
    }

    /** What keeps the data apart that the workers make. */
    WriteSets writeSets() {
        return writeSets;
    }

    /** Whether all workers of a job are at their end; so are those that are not of this phase. */
    boolean hasEnded(String job) {
        CountDownLatch left = jobs.get(job);
        return left == null || left.getCount() == 0;
    }

    /** A worker has its queues and buffers, or has failed; it waits for the others. */
    void awaitStart() throws InterruptedException {
        ready.countDown();
        go.await();
    }

    /** Lets the workers begin together when all are ready. */
    void start() throws InterruptedException {
        ready.await();
        go.countDown();
    }

    /** Workers submit no further commands from now on. */
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Whether workers share processors. */
    boolean isCrowded() {
        return isCrowded;
    }

    /** Ends the run, because of this. Only the first reason is kept: others follow from it. */
    synchronized void fail(String reason) {
        failure = failure.isEmpty() ? reason : failure;
        stop();
    }

    /** Tells of something that does not end the run. */
    synchronized void warn(String message) {
        warnings.accept(message);
    }

    /** What went wrong first, or empty. */
    synchronized String failure() {
        return failure;
    }

    /** A worker is at its end. */
    void workerFinished(ThreadPlan worker) {
        ready.countDown(); // one that failed early must not keep the others from beginning
        Objects.requireNonNull(jobs.get(worker.job().name())).countDown();
        finished.countDown();
    }

    /** Waits until all workers are at their end; false if that takes longer. */
    boolean awaitFinish(long timeout, TimeUnit unit) throws InterruptedException {
        return finished.await(timeout, unit);
    }
}
