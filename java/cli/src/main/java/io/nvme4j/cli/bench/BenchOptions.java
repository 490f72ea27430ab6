// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import io.nvme4j.Controller;
import io.nvme4j.TransportId;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.workload.Workload;
import io.nvme4j.cli.text.ByteSize;
import io.nvme4j.cli.text.Seconds;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The options of {@code bench}, in the groups of its help, and the job that they make. */
final class BenchOptions {
    @Parameters(
            paramLabel = "<job file>",
            arity = "0..*",
            description =
                    "Job files of fio's. Options that say what the I/Os are come from there; -r"
                            + " takes the place of their ioengine and filename.")
    private List<Path> jobFiles = new ArrayList<>();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // picocli looks at the option only
    private boolean help;

    // No -V: to spdk_nvme_perf that is another option.
    @Option(
            names = "--version",
            versionHelp = true,
            description = "Print version information and exit.")
    @SuppressWarnings("UnusedVariable") // picocli looks at the option only
    private boolean version;

    @ArgGroup(validate = false, heading = "%nDevice:%n", order = 1)
    private DeviceGroup device = new DeviceGroup();

    @ArgGroup(validate = false, heading = "%nWorkload:%n", order = 2)
    private WorkloadGroup load = new WorkloadGroup();

    @ArgGroup(validate = false, heading = "%nRun:%n", order = 3)
    private RunGroup run = new RunGroup();

    @ArgGroup(validate = false, heading = "%nMemory and transport:%n", order = 4)
    private TransportOptions transport = new TransportOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 5)
    private OutputOptions output = new OutputOptions();

    BenchOptions() {}

    /** What to measure. */
    static final class DeviceGroup {
        @Option(
                names = {"-r", "--transport"},
                paramLabel = "<id>",
                description =
                        "Transport id, such as 'trtype:PCIE traddr:0000:01:00.0'; with ns:N that"
                                + " namespace, else all. May be given more than once. Default:"
                                + " trtype:EMBEDDED")
        private List<String> transportIds = new ArrayList<>();

        @Option(
                names = {"-P", "--num-qpairs"},
                paramLabel = "<count>",
                description = "Queue pairs to each namespace, which share its depth. Default: 1")
        private @Nullable String queuePairs;

        @Option(
                names = "--destroy-data",
                description = "The data on all devices may be destroyed, without being asked")
        private boolean destroysData;

        DeviceGroup() {}
    }

    /** What the I/Os are. */
    static final class WorkloadGroup {
        @Option(
                names = {"-w", "--io-pattern"},
                paramLabel = "<pattern>",
                description = "${COMPLETION-CANDIDATES}. Default: randread")
        private @Nullable Workload workload;

        @Option(
                names = {"-M", "--rwmixread"},
                paramLabel = "<percent>",
                description = "Percentage of reads in rw and randrw. Default: 50")
        private @Nullable Integer readPercentage;

        @Option(
                names = {"-o", "--io-size"},
                paramLabel = "<bytes>",
                converter = ByteSize.class,
                description = "Bytes in an I/O, such as 512, 4K, 1M. Default: 4096")
        private @Nullable Long ioSize;

        @Option(
                names = {"-q", "--io-depth", "--queue-depth"},
                paramLabel = "<depth>",
                description = "Commands in flight, for each worker and namespace. Default: 32")
        private @Nullable Integer depth;

        @Option(
                names = {"-F", "--zipf"},
                paramLabel = "<theta>",
                description = "Random I/Os go to few blocks often: Zipf's distribution")
        private @Nullable String zipf;

        @Option(
                names = "--rate",
                paramLabel = "<iops>",
                description =
                        "I/Os in a second, of all workers together. Latency then counts from when"
                                + " an I/O should have started. Default: as many as there can be")
        private @Nullable String rate;

        @Option(
                names = "--integrity",
                paramLabel = "<ledger>",
                description =
                        "Data integrity mode: marks every block with its LBA, a generation and a"
                            + " digest, and notes in this file what was written, for nvme4j verify")
        private @Nullable String ledger;

        @Option(
                names = "--set",
                paramLabel = "<option=value>",
                description =
                        "Any option of a job file, such as bssplit=4k/60:64k/40,"
                            + " rate_process=poisson or verify=crc32c; of every job where there are"
                            + " several. May be given more than once")
        private List<String> settings = new ArrayList<>();

        @Option(
                names = "--section",
                paramLabel = "<job>",
                description =
                        "Of job files, only the jobs of this name. May be given more than once")
        private List<String> sections = new ArrayList<>();

        WorkloadGroup() {}
    }

    /** How long and where. */
    static final class RunGroup {
        @Option(
                names = {"-t", "--time"},
                paramLabel = "<seconds>",
                converter = Seconds.class,
                description = "Length of the measurement, such as 5 or 0.5. Default: 5")
        private @Nullable Duration time;

        @Option(
                names = {"-a", "--warmup-time"},
                paramLabel = "<seconds>",
                converter = Seconds.class,
                description =
                        "Time before it that is not measured, in which the JVM compiles the loop."
                                + " Default: 1")
        private @Nullable Duration warmup;

        @Option(
                names = {"-d", "--number-ios"},
                paramLabel = "<count>",
                description =
                        "I/Os of each worker and namespace, after which it ends before its time;"
                                + " or a percentage of the namespace, such as 50%%")
        private @Nullable String numberOfIos;

        @Option(
                names = "--sweep",
                paramLabel = "<axes>",
                description =
                        "Runs every combination, such as 'q=1..256 o=512,4k,64k': a range is"
                            + " doubled through; q, o, w, M, P, or an option of job files. Prints a"
                            + " table and marks the knee of each series of depths")
        private @Nullable String sweep;

        @Option(
                names = {"-c", "--core-mask"},
                paramLabel = "<mask>",
                description =
                        "Processors as a mask (0x3) or list ([0,1]): one worker is pinned to each."
                                + " Default: one worker, not pinned")
        private @Nullable String coreMask;

        @Option(
                names = {"-Q", "--continue-on-error"},
                paramLabel = "<every>",
                description = "Failed I/Os do not end the run; every so many of them are told")
        private @Nullable String errorInterval;

        RunGroup() {}
    }

    /** Whether data may be destroyed without asking. */
    boolean destroysData() {
        return device.destroysData;
    }

    /** Attaches as the options about transports say. */
    Controller attach(TransportId id) {
        return Controller.attach(id.text(), transport.attach());
    }

    List<Path> jobFiles() {
        return jobFiles;
    }

    /** Transport ids as they were given; none for the built-in controller. */
    List<String> transportIds() {
        return device.transportIds;
    }

    OutputOptions output() {
        return output;
    }

    /** The axes of a sweep, if there is one. */
    Optional<String> sweep() {
        return Optional.ofNullable(run.sweep);
    }

    /** Whether a job of a job file is to run. */
    boolean selects(String job) {
        return load.sections.isEmpty() || load.sections.contains(job);
    }

    /** Options of job files that were given for every job. */
    List<String> settings() {
        return load.settings;
    }

    /**
     * Adds what the options say.
     *
     * @param job gets it
     * @throws IllegalArgumentException if an option is wrong; the message names it
     */
    void addTo(Settings job) {
        check();
        putWorkload(job);
        putRun(job);
        put(job, "num_qpairs", "-P", device.queuePairs);
        put(job, "total_rate_iops", "--rate", load.rate);
        put(job, "integrity", "--integrity", load.ledger);
        transport.addTo(job);
        output.addTo(job);
        putErrors(job);
    }

    /** What spdk_nvme_perf's users know and job files do not have by default. */
    static void addDefaults(Settings job) {
        job.put("rw", "randread", "-w");
        job.put("bs", "4096", "-o");
        job.put("iodepth", "32", "-q");
        job.put("runtime", "5", "-t");
        job.put("time_based", "1", "-t");
        job.put("ramp_time", "1", "-a");
        job.put("norandommap", "1", "-w");
        job.put("group_reporting", "1", "");
    }

    private void check() {
        Set<String> seen = new HashSet<>();
        for (String id : device.transportIds) {
            require(seen.add(id), "-r", id, "it is given twice: -P makes more queue pairs");
        }
        require(
                load.ioSize == null || load.ioSize > 0,
                "-o",
                load.ioSize,
                "an I/O has at least one block");
        require(
                load.depth == null || load.depth > 0,
                "-q",
                load.depth,
                "a queue depth is at least 1");
        require(
                load.sections.isEmpty() || !jobFiles.isEmpty(),
                "--section",
                String.join(" --section ", load.sections),
                "there is no job file that has jobs");
        requireTime(run.time, 1, "-t", "measure for more than 0 seconds");
        requireTime(run.warmup, 0, "-a", "a warm-up can't be shorter than 0 seconds");
    }

    private void putWorkload(Settings job) {
        put(job, "rw", "-w", load.workload);
        put(job, "bs", "-o", load.ioSize);
        put(job, "iodepth", "-q", load.depth);
        Workload workload = load.workload == null ? Workload.randread : load.workload;
        if (load.zipf != null) {
            refuseUnless(workload.isRandom(), "-F is for workloads at random, not for", workload);
            put(job, "random_distribution", "-F " + load.zipf, "zipf:" + load.zipf);
        }
        Integer percentage = load.readPercentage;
        if (percentage != null) {
            refuseUnless(workload.isMixed(), "-M is for -w rw and randrw, not for", workload);
            require(
                    percentage >= 0 && percentage <= 100,
                    "-M",
                    percentage,
                    "a percentage is from 0 to 100");
            put(job, "rwmixread", "-M", percentage);
        }
    }

    /** What job files say of their workloads comes first. */
    private void refuseUnless(boolean condition, String reason, Workload workload) {
        if (!condition && jobFiles.isEmpty()) {
            throw new IllegalArgumentException(reason + " " + workload);
        }
    }

    private void putRun(Settings job) {
        putTime(job, "runtime", "-t", run.time);
        putTime(job, "ramp_time", "-a", run.warmup);
        put(job, "number_ios", "-d", run.numberOfIos);
        String mask = run.coreMask;
        if (mask != null) {
            job.put("core_mask", mask, "-c " + mask);
        }
    }

    private void putErrors(Settings job) {
        if (run.errorInterval != null) {
            job.put("continue_on_error", "io", "-Q " + run.errorInterval);
            job.put("error_interval", run.errorInterval, "-Q " + run.errorInterval);
        }
    }

    private static void put(Settings job, String name, String option, @Nullable Object value) {
        if (value != null) {
            String origin = option.contains(" ") ? option : option + " " + value;
            job.put(name, value.toString(), origin);
        }
    }

    private static void putTime(Settings job, String name, String option, @Nullable Duration time) {
        if (time != null) {
            put(job, name, option + " " + Seconds.format(time), Seconds.inJobFile(time));
        }
    }

    private static void requireTime(
            @Nullable Duration time, long nanos, String option, String message) {
        if (time != null) {
            require(time.toNanos() >= nanos, option, Seconds.format(time), message);
        }
    }

    private static void require(
            boolean condition, String option, @Nullable Object value, String message) {
        if (!condition) {
            throw new IllegalArgumentException(option + " " + value + ": " + message);
        }
    }
}
