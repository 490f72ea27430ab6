// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.Controller;
import io.nvme4j.TransportId;
import io.nvme4j.error.NvmeException;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A run: attaches, starts the workers, waits for them, and collects what they measured. */
final class Benchmark implements AutoCloseable {
    /** What workers may take beyond the run and its drain before they are given up. */
    private static final int SLACK_SECONDS = 5;

    private final BenchSettings settings;
    private final PrintWriter err;
    private final List<Controller> controllers = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    /**
     * Attaches to the controllers and checks that the run is possible.
     *
     * @throws NvmeException if not
     */
    Benchmark(BenchSettings settings, List<TransportId> ids, PrintWriter err) {
        this.settings = settings;
        this.err = err;
        try {
            for (TransportId id : ids) {
                Controller controller = Controller.attach(id.text());
                controllers.add(controller);
                targets.addAll(Target.of(id, controller));
            }
            targets.forEach(target -> target.check(settings));
            controllers.forEach(this::checkQueuePairs);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void checkQueuePairs(Controller controller) {
        long needed =
                assignments().stream()
                        .flatMap(List::stream)
                        .filter(target -> target.controller() == controller)
                        .count();
        if (needed > controller.maximumQueuePairs()) {
            throw new NvmeException(
                    "%d queue pairs are needed, one for each worker and namespace, and the controller has %d: use fewer cores, or select one namespace by ns:N"
                            .formatted(needed, controller.maximumQueuePairs()));
        }
    }

    /**
     * The namespaces of each worker, dealt out in turns until every worker and namespace has one.
     */
    private List<List<Target>> assignments() {
        List<List<Target>> assignments = new ArrayList<>();
        for (int worker = 0; worker < settings.workers(); worker++) {
            assignments.add(new ArrayList<>());
        }
        int pairs = Math.max(settings.workers(), targets.size());
        for (int i = 0; i < pairs; i++) {
            assignments.get(i % settings.workers()).add(targets.get(i % targets.size()));
        }
        return assignments;
    }

    /** Runs to the end, or until Ctrl-C or an error. */
    RunResult run() throws InterruptedException {
        RunControl control = new RunControl(settings.workers());
        List<Worker> workers = startWorkers(control);
        int signal;
        try (Interrupts interrupts = new Interrupts(control::stop)) {
            control.start();
            await(control, workers);
            signal = interrupts.received();
        }
        return collect(control, workers, signal);
    }

    private List<Worker> startWorkers(RunControl control) {
        List<Worker> workers = new ArrayList<>();
        for (List<Target> assignment : assignments()) {
            int number = workers.size();
            Worker worker = new Worker(number, assignment, settings, control);
            workers.add(worker);
            // A daemon: a worker that native code keeps for ever must not keep the process.
            Thread.ofPlatform().daemon().name("nvme4j-worker-" + number).start(worker);
        }
        return workers;
    }

    private void await(RunControl control, List<Worker> workers) throws InterruptedException {
        int seconds = settings.warmupSeconds() + settings.seconds();
        Progress progress =
                new Progress(
                        err,
                        seconds,
                        settings.ioSize(),
                        () -> workers.stream().mapToLong(Worker::completed).sum());
        int left = seconds + Worker.DRAIN_SECONDS + SLACK_SECONDS;
        while (!control.awaitFinish(1, TimeUnit.SECONDS)) {
            progress.show();
            left =
                    control.isStopped()
                            ? Math.min(left, Worker.DRAIN_SECONDS + SLACK_SECONDS)
                            : left;
            if (--left == 0) {
                throw new NvmeException("a worker is stuck in the transport; it is given up");
            }
        }
        progress.clear();
    }

    private RunResult collect(RunControl control, List<Worker> workers, int signal) {
        List<RunResult.Row> rows = new ArrayList<>();
        long errors = 0;
        for (int number = 0; number < workers.size(); number++) {
            for (Lane lane : workers.get(number).lanes()) {
                rows.add(
                        new RunResult.Row(
                                lane.target().label() + suffix(number),
                                lane.reads(),
                                lane.writes()));
                errors += lane.errors();
            }
        }
        return new RunResult(
                settings,
                controllers.stream().map(Controller::description).toList(),
                rows,
                duration(workers),
                workers.stream().mapToLong(Worker::userNanos).sum(),
                workers.stream().mapToLong(Worker::systemNanos).sum(),
                errors,
                control.failure(),
                signal);
    }

    private String suffix(int worker) {
        int processor = settings.processor(worker);
        return processor < 0 ? "" : " core " + processor;
    }

    /** From the first worker's begin to the last one's end. */
    private static long duration(List<Worker> workers) {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (Worker worker : workers) {
            first = Math.min(first, worker.start());
            last = Math.max(last, worker.end());
        }
        return Math.max(0, last - first);
    }

    /** Detaches, as far as that is possible. */
    @Override
    public void close() {
        for (Controller controller : controllers) {
            try {
                controller.close();
            } catch (NvmeException e) {
                err.println("nvme4j: " + e.getMessage());
            }
        }
        controllers.clear();
    }
}
