// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.plan;

import io.nvme4j.Controller;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.load.place.Span;
import io.nvme4j.cli.target.Target;
import io.nvme4j.error.NvmeException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Which threads there are, and what each does.
 *
 * @param phases threads that run together, one phase after the other
 */
public record RunPlan(List<List<ThreadPlan>> phases) {
    /**
     * Of a job of the command line: as in spdk_nvme_perf, there is a thread for each processor,
     * each namespace has a thread or more, and the depth is that of each thread and namespace.
     */
    public static RunPlan ofCommandLine(Job job, List<Target> targets) {
        int threads = Math.max(1, job.processors().size());
        int pairs = Math.max(threads, targets.size());
        List<List<QueuePlan>> queues = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            queues.add(new ArrayList<>());
        }
        for (int pair = 0; pair < pairs; pair++) {
            List<QueuePlan> own = queues.get(pair % threads);
            long seed = job.access().seed() + pair % threads + (long) threads * own.size();
            Target target = targets.get(pair % targets.size());
            own.addAll(queues(job, 0, target, new Share(0, 1, pairs), seed));
        }
        List<ThreadPlan> plans = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            int processor = job.processor(thread);
            String suffix = processor < 0 ? "" : " core " + processor;
            plans.add(new ThreadPlan(job, thread, 0, processor, "", suffix, queues.get(thread)));
        }
        return new RunPlan(List.of(sliced(plans)));
    }

    /**
     * Gives each queue pair of a job to a namespace its own slice of the blocks that several of
     * them work on.
     */
    private static List<ThreadPlan> sliced(List<ThreadPlan> threads) {
        Map<List<Object>, Integer> counts = new HashMap<>();
        Map<List<Object>, Integer> given = new HashMap<>();
        for (ThreadPlan thread : threads) {
            thread.queues().forEach(queue -> counts.merge(key(queue), 1, Integer::sum));
        }
        return threads.stream()
                .map(
                        thread ->
                                thread.withQueues(
                                        thread.queues().stream()
                                                .map(queue -> sliced(queue, counts, given))
                                                .toList()))
                .toList();
    }

    private static List<Object> key(QueuePlan queue) {
        int copy = Span.areApart(queue.job(), queue.target().namespace()) ? queue.copy() : 0;
        return List.of(queue.job(), queue.target(), copy);
    }

    private static QueuePlan sliced(
            QueuePlan queue, Map<List<Object>, Integer> counts, Map<List<Object>, Integer> given) {
        int number = given.merge(key(queue), 1, Integer::sum) - 1;
        return queue.withSlice(number, counts.getOrDefault(key(queue), 1));
    }

    /**
     * Of job files: as in fio, there is a thread for each copy of a job, and the depth is that of a
     * thread over all of its namespaces.
     */
    public static RunPlan ofJobs(List<Job> jobs, Function<Job, List<Target>> targets) {
        List<List<ThreadPlan>> phases = new ArrayList<>();
        int group = 0;
        Set<String> names = new HashSet<>();
        for (Job job : jobs) {
            checkWaiting(job, names, jobs);
            names.add(job.name());
            boolean isFirst = phases.isEmpty();
            if (isFirst || job.grouping().stonewall()) {
                phases.add(new ArrayList<>());
            }
            if (!isFirst && (job.grouping().stonewall() || job.grouping().newGroup())) {
                group++;
            }
            for (int copy = 0; copy < job.copies(); copy++) {
                phases.getLast().add(thread(job, copy, group, targets.apply(job)));
            }
        }
        return new RunPlan(phases.stream().map(RunPlan::sliced).toList());
    }

    private static void checkWaiting(Job job, Set<String> before, List<Job> all) {
        String name = job.grouping().waitsFor().orElse("");
        long count = all.stream().filter(other -> other.name().equals(name)).count();
        if (!name.isEmpty() && (!before.contains(name) || count > 1)) {
            throw new NvmeException(
                    "job %s waits for %s: there is to be one such job before it, and no other"
                            .formatted(job.name(), name));
        }
    }

    private static ThreadPlan thread(Job job, int copy, int group, List<Target> targets) {
        List<QueuePlan> queues = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            long seed = job.access().seed() + 31L * copy + 7919L * i;
            Share share = new Share(i, targets.size(), targets.size());
            queues.addAll(queues(job, copy, targets.get(i), share, seed));
        }
        String prefix = job.copies() == 1 ? job.name() + ": " : job.name() + "." + copy + ": ";
        return new ThreadPlan(job, copy, group, job.processor(copy), prefix, "", queues);
    }

    /**
     * What a namespace has of a job.
     *
     * @param number of the namespace, of those that share the job's depth
     * @param depths how many do
     * @param rates how many namespaces and threads share the job's rates
     */
    private record Share(int number, int depths, int rates) {}

    /** The queue pairs to one namespace. */
    private static List<QueuePlan> queues(
            Job job, int copy, Target target, Share share, long seed) {
        int pairs = job.queuePairs();
        int parts = share.depths * pairs;
        if (job.depth() < parts) {
            throw new NvmeException(
                    "job %s: a queue depth of %d can't be shared by %d queue pairs: use %d or more"
                            .formatted(job.name(), job.depth(), parts, parts));
        }
        List<QueuePlan> queues = new ArrayList<>();
        for (int pair = 0; pair < pairs; pair++) {
            queues.add(
                    new QueuePlan(
                            job,
                            target,
                            copy,
                            share.number * pairs + pair,
                            parts,
                            1.0 / (share.rates * pairs),
                            seed + 104_729L * pair,
                            0,
                            1));
        }
        return queues;
    }

    /**
     * Checks that the controllers can do this.
     *
     * @throws NvmeException if not; it says what could
     */
    public void check() {
        for (List<ThreadPlan> phase : phases) {
            List<QueuePlan> queues =
                    phase.stream().flatMap(thread -> thread.queues().stream()).toList();
            for (QueuePlan queue : queues) {
                queue.target().check(queue.job());
                queue.span();
                queue.checkVerification();
                checkQueuePairs(queue.target().controller(), queues);
            }
        }
    }

    /** What is not as one might expect of its jobs, a sentence for each. */
    public Set<String> notes() {
        Set<String> notes = new LinkedHashSet<>();
        for (List<ThreadPlan> phase : phases) {
            phase.stream()
                    .flatMap(thread -> thread.queues().stream())
                    .flatMap(queue -> queue.note().stream())
                    .forEach(notes::add);
        }
        return notes;
    }

    private static void checkQueuePairs(Controller controller, List<QueuePlan> queues) {
        long needed =
                queues.stream().filter(queue -> queue.target().controller() == controller).count();
        if (needed > controller.limits().queuePairs()) {
            throw new NvmeException(
                    "%d queue pairs are needed, one for each worker and namespace, and the controller has %d: use fewer cores or jobs, or select one namespace by ns:N"
                            .formatted(needed, controller.limits().queuePairs()));
        }
    }
}
