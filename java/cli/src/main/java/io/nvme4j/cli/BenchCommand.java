// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.TransportId;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code nvme4j bench}: IOPS and latencies, with spdk_nvme_perf's options. */
@Command(
        name = "bench",
        description = {
            "Measures IOPS, throughput and latency.",
            "",
            "Options mean what they mean to spdk_nvme_perf. A worker keeps -q commands in flight on each of its namespaces, polls, and does nothing else. Without -r it measures the built-in controller, whose namespace is in memory."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        sortOptions = false,
        footer = {
            "",
            "Workloads that write destroy what is on the namespace. They are not confirmed.",
            "",
            "The first command that fails ends the run: what was measured until then is printed, the error goes to stderr, and the exit code is 1. So does Ctrl-C, with exit code 130; a second Ctrl-C ends at once.",
            "",
            "Latency is taken from just before a command's batch is submitted until just after its completion was reaped.",
            "",
            "Examples:",
            "  nvme4j bench -w randrw -M 70 -q 128 -t 10",
            "  nvme4j bench -r 'trtype:EMBEDDED traddr:null mode:threaded' -q 128",
            "  nvme4j bench -r 'trtype:PCIE traddr:0000:01:00.0' -o 128K -w read -c 0x2",
            "  nvme4j bench -r 'trtype:TCP adrfam:IPv4 traddr:10.0.0.1 trsvcid:4420 subnqn:NQN ns:1' \\",
            "      --output-format=json"
        })
final class BenchCommand implements Callable<Integer> {
    private static final int DEFAULT_READ_PERCENTAGE = 50;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-r", "--transport"},
            paramLabel = "<id>",
            description =
                    "Transport id, such as 'trtype:PCIE traddr:0000:01:00.0'; with ns:N that namespace, else all. May be given more than once. Default: trtype:EMBEDDED")
    private List<String> transportIds = new ArrayList<>();

    @Option(
            names = {"-w", "--io-pattern"},
            paramLabel = "<pattern>",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
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
            description =
                    "Commands in flight, for each worker and namespace. Default: ${DEFAULT-VALUE}")
    private int depth = 32;

    @Option(
            names = {"-t", "--time"},
            paramLabel = "<seconds>",
            description = "Length of the measurement. Default: ${DEFAULT-VALUE}")
    private int seconds = 5;

    @Option(
            names = {"-a", "--warmup-time"},
            paramLabel = "<seconds>",
            description =
                    "Time before it that is not measured, in which the JVM compiles the loop. Default: ${DEFAULT-VALUE}")
    private int warmupSeconds = 1;

    @Option(
            names = {"-c", "--core-mask"},
            paramLabel = "<mask>",
            description =
                    "Processors as a mask (0x3) or list ([0,1]): one worker is pinned to each. Default: one worker, not pinned")
    private @Nullable String coreMask;

    @Option(
            names = "--output-format",
            paramLabel = "<format>",
            description =
                    "normal: tables. json: one document in the shape of fio's. Default: ${DEFAULT-VALUE}")
    private OutputFormat outputFormat = OutputFormat.normal;

    BenchCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        BenchSettings settings = settings();
        List<TransportId> ids = transportIds();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        ZonedDateTime begin = ZonedDateTime.now();
        RunResult result;
        try (Benchmark benchmark = new Benchmark(settings, ids, err)) {
            result = benchmark.run();
            if (outputFormat == OutputFormat.json) {
                out.println(new FioReport(result, begin).document(ids));
            } else {
                TextReport.print(out, result);
            }
            out.flush();
        }
        if (!result.failure().isEmpty()) {
            err.println("nvme4j: " + result.failure());
        }
        return result.exitCode();
    }

    private List<TransportId> transportIds() {
        if (transportIds.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "nvme4j: no transport id (-r): this is the built-in controller, with its namespace in memory");
            return List.of(TransportId.EMBEDDED);
        }
        List<TransportId> ids = transportIds.stream().map(TransportId::new).toList();
        for (TransportId id : ids) {
            try {
                id.namespaceId(); // is there, or isn't, or throws
            } catch (IllegalArgumentException e) {
                throw usage("-r: " + e.getMessage());
            }
        }
        return ids;
    }

    /** The options, checked as far as that needs no device. */
    private BenchSettings settings() {
        require(ioSize > 0, "-o " + ioSize + ": an I/O has at least one block");
        require(depth > 0, "-q " + depth + ": a queue depth is at least 1");
        require(seconds > 0, "-t " + seconds + ": measure for at least 1 second");
        require(warmupSeconds >= 0, "-a " + warmupSeconds + ": a warm-up can't be negative");
        return new BenchSettings(
                workload,
                workload.readPercentage(mixedReadPercentage()),
                ioSize,
                depth,
                seconds,
                warmupSeconds,
                processors());
    }

    private int mixedReadPercentage() {
        if (readPercentage == null) {
            return DEFAULT_READ_PERCENTAGE;
        }
        int percentage = readPercentage;
        require(workload.isMixed(), "-M is for -w rw and randrw, not for " + workload);
        require(
                percentage >= 0 && percentage <= 100,
                "-M " + percentage + ": a percentage is from 0 to 100");
        return percentage;
    }

    private List<Integer> processors() {
        if (coreMask == null) {
            return List.of();
        }
        List<Integer> chosen = parsedProcessors(coreMask);
        List<Integer> allowed = Processors.allowed(Path.of("/proc/self/status"));
        for (int processor : chosen) {
            require(
                    allowed.isEmpty() || allowed.contains(processor),
                    "-c " + coreMask + ": there is no processor " + processor
                            + " for this process, which may use " + allowed);
        }
        return chosen;
    }

    private List<Integer> parsedProcessors(String mask) {
        try {
            return Processors.parse(mask);
        } catch (IllegalArgumentException e) {
            throw usage("-c: " + e.getMessage());
        }
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw usage(message);
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
