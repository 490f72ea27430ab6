// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The options of {@code bench}, in the groups of its help, and their checks. */
final class BenchOptions {
    private static final int DEFAULT_READ_PERCENTAGE = 50;

    @ArgGroup(validate = false, heading = "%nDevice:%n", order = 1)
    private DeviceGroup device = new DeviceGroup();

    @ArgGroup(validate = false, heading = "%nWorkload:%n", order = 2)
    private WorkloadGroup load = new WorkloadGroup();

    @ArgGroup(validate = false, heading = "%nRun:%n", order = 3)
    private RunGroup run = new RunGroup();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 4)
    private OutputGroup output = new OutputGroup();

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

        DeviceGroup() {}
    }

    /** What the I/Os are. */
    static final class WorkloadGroup {
        @Option(
                names = {"-w", "--io-pattern"},
                paramLabel = "<pattern>",
                description = "${COMPLETION-CANDIDATES}. Default: randread")
        private Workload workload = Workload.randread;

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
        private long ioSize = 4096;

        @Option(
                names = {"-q", "--io-depth", "--queue-depth"},
                paramLabel = "<depth>",
                description = "Commands in flight, for each worker and namespace. Default: 32")
        private int depth = 32;

        WorkloadGroup() {}
    }

    /** How long and where. */
    static final class RunGroup {
        @Option(
                names = {"-t", "--time"},
                paramLabel = "<seconds>",
                description = "Length of the measurement. Default: 5")
        private int seconds = 5;

        @Option(
                names = {"-a", "--warmup-time"},
                paramLabel = "<seconds>",
                description =
                        "Time before it that is not measured, in which the JVM compiles the loop."
                                + " Default: 1")
        private int warmupSeconds = 1;

        @Option(
                names = {"-c", "--core-mask"},
                paramLabel = "<mask>",
                description =
                        "Processors as a mask (0x3) or list ([0,1]): one worker is pinned to each."
                                + " Default: one worker, not pinned")
        private @Nullable String coreMask;

        RunGroup() {}
    }

    /** What is printed. */
    static final class OutputGroup {
        @Option(
                names = "--output-format",
                paramLabel = "<format>",
                description =
                        "normal: tables. json: one document in the shape of fio's. Default: normal")
        private OutputFormat format = OutputFormat.normal;

        OutputGroup() {}
    }

    /** Transport ids as they were given; none for the built-in controller. */
    List<String> transportIds() {
        return device.transportIds;
    }

    OutputFormat outputFormat() {
        return output.format;
    }

    /**
     * The settings, checked as far as that needs no device.
     *
     * @throws IllegalArgumentException if an option is wrong; the message names it
     */
    BenchSettings settings() {
        require(load.ioSize > 0, "-o " + load.ioSize + ": an I/O has at least one block");
        require(load.depth > 0, "-q " + load.depth + ": a queue depth is at least 1");
        require(run.seconds > 0, "-t " + run.seconds + ": measure for at least 1 second");
        require(
                run.warmupSeconds >= 0,
                "-a " + run.warmupSeconds + ": a warm-up can't be shorter than 0 seconds");
        return new BenchSettings(
                load.workload,
                load.workload.readPercentage(mixedReadPercentage()),
                load.ioSize,
                load.depth,
                run.seconds,
                run.warmupSeconds,
                processors());
    }

    private int mixedReadPercentage() {
        if (load.readPercentage == null) {
            return DEFAULT_READ_PERCENTAGE;
        }
        int percentage = load.readPercentage;
        require(load.workload.isMixed(), "-M is for -w rw and randrw, not for " + load.workload);
        require(
                percentage >= 0 && percentage <= 100,
                "-M " + percentage + ": a percentage is from 0 to 100");
        return percentage;
    }

    private List<Integer> processors() {
        String mask = run.coreMask;
        if (mask == null) {
            return List.of();
        }
        List<Integer> chosen = Processors.parse(mask);
        List<Integer> allowed = Processors.allowed(Path.of("/proc/self/status"));
        for (int processor : chosen) {
            require(
                    allowed.isEmpty() || allowed.contains(processor),
                    "-c %s: there is no processor %d for this process, which may use %s"
                            .formatted(mask, processor, allowed));
        }
        return chosen;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
