// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.TransportId;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.concurrent.Callable;

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
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        sortOptions = false,
        footer = {
            "",
            "Workloads that write destroy what is on the namespace. They are not confirmed.",
            "",
            "The first command that fails ends the run: what was measured until then is printed,"
                + " the error goes to stderr, and the exit code is 1. Ctrl-C ends it in the same"
                + " way, with exit code 130; a second Ctrl-C at once.",
            "",
            "Latency is taken from just before a command's batch is submitted until just after its"
                    + " completion was reaped.",
            "",
            "Examples:",
            "  nvme4j bench -w randrw -M 70 -q 128 -t 10",
            "  nvme4j bench -r 'trtype:EMBEDDED traddr:null mode:threaded' -q 128",
            "  nvme4j bench -r 'trtype:PCIE traddr:0000:01:00.0' -o 128K -w read -c 0x2",
            "  nvme4j bench -r 'trtype:TCP adrfam:IPv4 traddr:10.0.0.1 trsvcid:4420 subnqn:NQN"
                    + " ns:1' \\",
            "      --output-format=json"
        })
final class BenchCommand implements Callable<Integer> {
    private static final String NO_TRANSPORT_ID =
            "nvme4j: no transport id (-r): this is the built-in controller, with its namespace in"
                    + " memory";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin private BenchOptions options = new BenchOptions();

    BenchCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        BenchSettings settings = settings();
        List<TransportId> ids = transportIds();
        PrintWriter err = spec.commandLine().getErr();
        ZonedDateTime begin = ZonedDateTime.now(ZoneId.systemDefault());
        RunResult result;
        try (Benchmark benchmark = new Benchmark(settings, ids, err)) {
            result = benchmark.run();
            // Before detaching, which may take a while or fail.
            print(result, ids, begin);
        }
        if (!result.failure().isEmpty()) {
            err.println("nvme4j: " + result.failure());
        }
        return result.exitCode();
    }

    private BenchSettings settings() {
        try {
            return options.settings();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private List<TransportId> transportIds() {
        if (options.transportIds().isEmpty()) {
            spec.commandLine().getErr().println(NO_TRANSPORT_ID);
            return List.of(TransportId.EMBEDDED);
        }
        return options.transportIds().stream().map(id -> TransportIds.of(spec, id)).toList();
    }

    private void print(RunResult result, List<TransportId> ids, ZonedDateTime begin) {
        PrintWriter out = spec.commandLine().getOut();
        if (options.outputFormat() == OutputFormat.json) {
            out.println(new FioReport(result, begin).document(ids));
        } else {
            TextReport.print(out, result);
        }
        out.flush();
    }
}
