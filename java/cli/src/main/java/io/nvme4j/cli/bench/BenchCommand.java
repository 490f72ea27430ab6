// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import io.nvme4j.TransportId;
import io.nvme4j.cli.console.ErrorLine;
import io.nvme4j.cli.console.ExitCode;
import io.nvme4j.cli.console.Interrupts;
import io.nvme4j.cli.console.Subcommand;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.read.JobReader;
import io.nvme4j.cli.machine.Machine;
import io.nvme4j.cli.result.RunResult;
import io.nvme4j.cli.run.Benchmark;
import io.nvme4j.cli.run.plan.RunPlan;
import io.nvme4j.cli.run.plan.WriteSafety;
import io.nvme4j.cli.sweep.SweepAxes;
import io.nvme4j.cli.sweep.SweepPoint;
import io.nvme4j.cli.target.KernelDrives;
import io.nvme4j.cli.target.Target;
import io.nvme4j.error.NvmeException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

import java.io.Console;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** {@code nvme4j bench}: IOPS and latencies, with spdk_nvme_perf's options. */
@Command(
        name = "bench",
        description = {
            "Measures IOPS, throughput and latency.",
            "",
            "Options mean what they mean to spdk_nvme_perf. A worker keeps -q commands in flight on"
                + " each of its namespaces, polls, and does nothing else. Without -r it measures"
                + " the built-in controller, whose namespace is in memory."
        },
        customSynopsis = "nvme4j bench [<option>...] [<job file>...]",
        footerHeading = "%nNotes:%n",
        footer = {
            "Jobs that write or deallocate destroy what is on the namespace. On any device but the"
                    + " built-in one, and on files that this has not made, they need"
                    + " --destroy-data, or the drive's serial number typed in; a drive that the"
                    + " kernel uses or that has partitions is refused.",
            "",
            "The first command that fails ends the run: what was measured until then is printed,"
                + " the error goes to stderr, and the exit code is 1. Ctrl-C ends it in the same"
                + " way, with exit code 130; a second Ctrl-C at once.",
            "",
            "Latency counts from the submission of a command's batch until the command was found"
                    + " completed; at a rate, from when the command should have started.",
            "",
            "Examples:",
            "  nvme4j bench -w randrw -M 70 -q 128 -t 10 --report run.html",
            "  nvme4j bench -r 'trtype:EMBEDDED traddr:null mode:threaded' -q 128",
            "  nvme4j bench -r 'trtype:PCIE traddr:0000:01:00.0' -o 128K -w read -c 0x2",
            "  nvme4j bench -r 'trtype:PCIE traddr:0000:01:00.0' --sweep 'q=1..256 o=512,4k'",
            "  nvme4j bench -r 'trtype:TCP traddr:10.0.0.1 trsvcid:4420 subnqn:NQN ns:1' \\",
            "      --rate 50000 -L --output-format=json --output run.json",
            "  nvme4j bench job.fio -r 'trtype:PCIE traddr:0000:01:00.0'"
        })
public final class BenchCommand extends Subcommand {
    private static final String NO_TRANSPORT_ID =
            "no transport id (-r): this is the built-in controller, with its namespace in"
                    + " memory";

    @Mixin private BenchOptions options = new BenchOptions();

    BenchCommand() {}

    /** Adds the names of the options of job files to the help. */
    public static void listJobOptions(CommandSpec bench) {
        String names = String.join(", ", JobReader.options());
        bench.usageMessage()
                .footer(
                        Stream.concat(
                                        Stream.of(
                                                "Options of job files and of --set, which fio's"
                                                        + " documentation explains: "
                                                        + names
                                                        + ". Others are taken where what they ask"
                                                        + " for holds anyway.",
                                                ""),
                                        Stream.of(bench.usageMessage().footer()))
                                .toArray(String[]::new));
    }

    @Override
    public Integer call() throws InterruptedException {
        ZonedDateTime begin = ZonedDateTime.now(ZoneId.systemDefault());
        PrintWriter out = out();
        Optional<SweepAxes> axes = axes();
        if (axes.isPresent()) {
            return sweep(axes.get(), begin);
        }
        List<Job> jobs = jobs(Map.of());
        tellNotes(jobs);
        RunResult result =
                run(
                        jobs,
                        transportIds(jobs),
                        safety(),
                        measured -> options.output().write(out, measured, begin));
        return exitCode(result.failure(), result.signal());
    }

    /**
     * Runs jobs.
     *
     * @param report gets the result before the controllers are detached, which may take a while or
     *     fail
     */
    private RunResult run(
            List<Job> jobs, List<TransportId> ids, WriteSafety safety, Consumer<RunResult> report)
            throws InterruptedException {
        RunResult result;
        try (Benchmark benchmark =
                benchmark(jobs, ids, safety, targets -> plan(jobs, ids, targets))) {
            result = benchmark.run();
            report.accept(result);
        }
        if (!result.failure().isEmpty()) {
            tell(result.failure());
        }
        return result;
    }

    private Benchmark benchmark(
            List<Job> jobs,
            List<TransportId> ids,
            WriteSafety safety,
            Function<Function<TransportId, List<Target>>, RunPlan> planner) {
        if (jobs.stream().anyMatch(Job::destroysData)) {
            ids.forEach(safety::checkBeforeAttach);
        }
        return new Benchmark(ids, options::attach, spec().commandLine().getErr(), safety, planner);
    }

    private Optional<SweepAxes> axes() {
        try {
            Optional<SweepAxes> axes = options.sweep().map(SweepAxes::parse);
            if (axes.isPresent()) {
                options.output().checkSweep();
            }
            return axes;
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()), e);
        }
    }

    /** One run for each point, up to the first that does not come to its end. */
    private int sweep(SweepAxes axes, ZonedDateTime begin) throws InterruptedException {
        List<List<Job>> all = axes.points().stream().map(this::jobs).toList();
        List<Job> jobs = all.stream().flatMap(List::stream).toList();
        tellNotes(jobs);
        List<TransportId> ids = transportIds(jobs);
        WriteSafety safety = safety();
        benchmark(jobs, ids, safety, targets -> checked(all, ids, safety, targets)).close();
        List<SweepPoint> points = new ArrayList<>();
        int code = ExitCode.OK;
        try (Interrupts between = new Interrupts(() -> {})) {
            for (int i = 0; i < all.size() && code == ExitCode.OK; i++) {
                RunResult result = run(all.get(i), ids, safety, nothing -> {});
                points.add(SweepPoint.of(axes.points().get(i), result));
                code = exitCode(result.failure(), Math.max(result.signal(), between.received()));
            }
        } catch (NvmeException e) {
            code = ErrorLine.failed(e, spec().commandLine());
        }
        if (!points.isEmpty()) {
            options.output().writeSweep(out(), points, begin);
        }
        if (code > ExitCode.SIGNAL) {
            tell("stopped early by a signal");
        }
        return code;
    }

    /** The plan of the first point; what is wrong with any, or may not be written, is told now. */
    private RunPlan checked(
            List<List<Job>> all,
            List<TransportId> ids,
            WriteSafety safety,
            Function<TransportId, List<Target>> targets) {
        List<RunPlan> plans = all.stream().map(jobs -> plan(jobs, ids, targets)).toList();
        plans.forEach(RunPlan::check);
        plans.forEach(safety::check);
        return plans.getFirst();
    }

    private static int exitCode(String failure, int signal) {
        if (!failure.isEmpty()) {
            return ExitCode.FAILURE;
        }
        return signal == 0 ? ExitCode.OK : ExitCode.SIGNAL + signal;
    }

    /** Those of the job files, or the one that the options make. */
    private List<Job> jobs(Map<String, String> point) {
        List<String> problems = new ArrayList<>();
        List<Job> jobs = List.of();
        try {
            options.output().check();
            jobs = new JobOptionsReader(options, point, problems).jobs();
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        if (!problems.isEmpty()) {
            throw wrong(String.join("\n", problems));
        }
        return jobs;
    }

    /** Which of the jobs' options change nothing. */
    private void tellNotes(List<Job> jobs) {
        jobs.stream().flatMap(job -> job.notes().stream()).distinct().forEach(this::tell);
    }

    private List<TransportId> transportIds(List<Job> jobs) {
        List<String> named = jobs.stream().flatMap(job -> job.devices().stream()).toList();
        if (jobs.stream().anyMatch(job -> job.devices().isEmpty())) {
            tell(NO_TRANSPORT_ID);
        }
        return Stream.concat(
                        named.stream().map(this::transportId),
                        jobs.stream()
                                .filter(job -> job.devices().isEmpty())
                                .map(job -> TransportId.EMBEDDED))
                .distinct()
                .toList();
    }

    private RunPlan plan(
            List<Job> jobs, List<TransportId> ids, Function<TransportId, List<Target>> targets) {
        if (options.jobFiles().isEmpty()) {
            return RunPlan.ofCommandLine(
                    jobs.getFirst(),
                    ids.stream().flatMap(id -> targets.apply(id).stream()).toList());
        }
        return RunPlan.ofJobs(
                jobs,
                job ->
                        job.devices().isEmpty()
                                ? targets.apply(TransportId.EMBEDDED)
                                : job.devices().stream()
                                        .flatMap(id -> targets.apply(new TransportId(id)).stream())
                                        .toList());
    }

    private WriteSafety safety() {
        return new WriteSafety(
                options.destroysData(), new KernelDrives(Machine.local()), this::ask);
    }

    /** Only where both the question and the answer are on a terminal. */
    private Optional<String> ask(String question) {
        return Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .map(
                        console -> {
                            spec().commandLine().getErr().print(question);
                            spec().commandLine().getErr().flush();
                            return console.readLine();
                        });
    }
}
