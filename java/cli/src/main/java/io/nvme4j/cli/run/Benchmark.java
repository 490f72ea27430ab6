// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.Controller;
import io.nvme4j.TransportId;
import io.nvme4j.cli.console.Interrupts;
import io.nvme4j.cli.job.Grouping;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.Limits;
import io.nvme4j.cli.result.CoreTimes;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.run.plan.RunPlan;
import io.nvme4j.cli.run.plan.ThreadPlan;
import io.nvme4j.cli.run.plan.WriteSafety;
import io.nvme4j.cli.target.Target;
import io.nvme4j.error.NvmeException;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** A run: attaches, starts the threads, waits for them, and collects what they measured. */
public final class Benchmark implements AutoCloseable {
    /** What threads may take beyond the run and its drain before they are given up. */
    private static final int SLACK_SECONDS = 5;

    private final PrintWriter err;
    private final Map<TransportId, Controller> controllers = new LinkedHashMap<>();
    private final RunPlan plan;
    private final Collector collector;

    /** Whether a job's end has ended all of it. */
    private volatile boolean isOver;

    /**
     * Attaches to the controllers and checks that the run is possible.
     *
     * @param attacher attaches to a controller
     * @param safety says whether what the plan writes may be written
     * @param planner makes the plan, and gets the namespaces of a transport id from its argument
     * @throws NvmeException if not
     */
    public Benchmark(
            List<TransportId> ids,
            Function<TransportId, Controller> attacher,
            PrintWriter err,
            WriteSafety safety,
            Function<Function<TransportId, List<Target>>, RunPlan> planner) {
        this.err = err;
        try {
            for (TransportId id : ids) {
                controllers.computeIfAbsent(id, key -> attacher.apply(key));
            }
            this.plan = planner.apply(id -> Target.of(id, controller(id)));
            plan.check();
            safety.check(plan);
            plan.notes().forEach(this::warn);
            this.collector = new Collector(Collector.intervalMillis(plan));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Controller controller(TransportId id) {
        return Objects.requireNonNull(controllers.get(id), id::text);
    }

    /** Runs to the end, or until Ctrl-C or an error. */
    public RunResult run() throws InterruptedException {
        List<RunResult.ThreadResult> results = new ArrayList<>();
        String failure = "";
        CoreTimes before = CoreTimes.read(CoreTimes.STAT);
        AtomicReference<RunControl> current = new AtomicReference<>();
        try (Interrupts interrupts = new Interrupts(() -> stop(current))) {
            for (List<ThreadPlan> phase : plan.phases()) {
                RunControl control = new RunControl(phase, this::warn);
                current.set(control);
                if (failure.isEmpty() && interrupts.received() == 0 && !isOver) {
                    List<JobThread> threads = new ArrayList<>();
                    run(phase, control, threads);
                    failure = control.failure();
                    threads.forEach(thread -> results.add(thread.result()));
                }
            }
            return new RunResult(
                    List.copyOf(controllers.keySet()),
                    controllers.values().stream().map(Controller::description).toList(),
                    results,
                    failure,
                    interrupts.received(),
                    CoreTimes.read(CoreTimes.STAT).since(before));
        }
    }

    private static void stop(AtomicReference<RunControl> current) {
        RunControl control = current.get();
        if (control != null) {
            control.stop();
        }
    }

    private void warn(String message) {
        err.println("nvme4j: " + message);
    }

    private void run(List<ThreadPlan> phase, RunControl control, List<JobThread> threads)
            throws InterruptedException {
        for (ThreadPlan plan : phase) {
            threads.add(new JobThread(plan, control, ended -> end(ended, threads, control)));
        }
        int number = 0;
        for (JobThread thread : threads) {
            number++;
            // A daemon: a thread that native code keeps for ever must not keep the process.
            Thread.ofPlatform().daemon().name("nvme4j-job-" + number).start(thread);
        }
        control.start();
        await(phase, control, threads);
    }

    /** What the end of a job's thread ends. */
    private void end(ThreadPlan ended, List<JobThread> threads, RunControl control) {
        Grouping.Exit exit = ended.job().grouping().exit();
        if (exit == Grouping.Exit.ALL) {
            isOver = true;
        }
        if (exit == Grouping.Exit.GROUP) {
            threads.stream()
                    .filter(thread -> thread.group() == ended.group())
                    .forEach(JobThread::finish);
        } else if (exit != Grouping.Exit.ALONE) {
            control.stop();
        }
    }

    private void await(List<ThreadPlan> phase, RunControl control, List<JobThread> threads)
            throws InterruptedException {
        int seconds = seconds(phase);
        Progress progress = new Progress(err, seconds);
        List<SteadyStateMonitor> monitors = SteadyStateMonitor.of(threads);
        List<MinimumRates> minimums = MinimumRates.of(threads, control);
        Deadline deadline = new Deadline(seconds, JobThread.DRAIN_SECONDS + SLACK_SECONDS);
        while (!control.awaitFinish(collector.intervalMillis(), TimeUnit.MILLISECONDS)) {
            collector.collect(threads, progress::add);
            monitors.forEach(SteadyStateMonitor::sample);
            long now = System.nanoTime();
            minimums.forEach(minimum -> minimum.check(now));
            progress.show();
            if (deadline.isOver(control.isStopped())) {
                throw new NvmeException("a worker is stuck in the transport; it is given up");
            }
        }
        collector.finish(threads, progress::add);
        progress.clear();
    }

    /** How long the phase takes at most, or 0 where that isn't known. */
    private static int seconds(List<ThreadPlan> phase) {
        long longest = 0;
        for (ThreadPlan thread : phase) {
            if (thread.job().limits().runtime() == 0) {
                return 0;
            }
            longest = Math.max(longest, nanos(thread.job(), phase));
        }
        return (int) Math.min(Integer.MAX_VALUE / 2, Math.ceilDiv(longest, 1_000_000_000L));
    }

    /** With what it waits for, which is a job before it. */
    private static long nanos(Job job, List<ThreadPlan> phase) {
        Limits limits = job.limits();
        String other = job.grouping().waitsFor().orElse("");
        long waiting =
                phase.stream()
                        .map(ThreadPlan::job)
                        .distinct()
                        .filter(each -> each.name().equals(other))
                        .mapToLong(each -> nanos(each, phase))
                        .max()
                        .orElse(0);
        return waiting + limits.startDelay().most() + limits.ramp() + limits.runtime();
    }

    /** Detaches, as far as that is possible. */
    @Override
    public void close() {
        for (Controller controller : controllers.values()) {
            try {
                controller.close();
            } catch (NvmeException e) {
                err.println("nvme4j: " + e.getMessage());
            }
        }
        controllers.clear();
    }
}
