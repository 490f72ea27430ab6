// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import java.util.List;
import java.util.Optional;

/** Options of spdk_nvme_perf's that bench does not have, and what to do instead of each. */
public final class SpdkPerfOptions {
    private static final List<Absent> ABSENT =
            List.of(
                    absent(
                            "completions are polled for, as that is what is measured",
                            "-E",
                            "--enable-interrupt"),
                    absent(
                            "there are no kernel devices here: bench/ compares with fio's io_uring",
                            "-R",
                            "--enable-uring"),
                    absent(
                            "drives behind a volume management device are not supported",
                            "-V",
                            "--enable-vmd"),
                    absent(
                            "the drive's own latency log is vendor specific",
                            "-l",
                            "--enable-ssd-latency-tracking"),
                    absent(
                            "name the drive by -r, no other is attached to",
                            "-b",
                            "--allowed-pci-addr"),
                    absent(
                            "how busy each processor was is printed at the end of every run",
                            "-m",
                            "--cpu-usage"),
                    absent(
                            "a queue pair is as deep as -q asks for, and none is left unused",
                            "-U",
                            "--num-unused-qpairs",
                            "--io-queue-size"),
                    absent(
                            "namespaces are dealt to the workers of -c: in a job file, numjobs"
                                    + " makes more workers for each",
                            "--use-every-core"),
                    absent(
                            "NVME4J_SPDK_LOG=1 in the environment shows what SPDK prints",
                            "-T",
                            "--logflag",
                            "-G",
                            "--log-level"),
                    absent(
                            "SPDK's traces and statistics are not recorded: --report and --csv show"
                                    + " a run over time",
                            "-y",
                            "--tpoint-group",
                            "--transport-stats"),
                    absent(
                            "connections are SPDK's default sockets, without TLS or authentication",
                            "-S",
                            "--default-sock-impl",
                            "-z",
                            "--disable-zcopy",
                            "-Z",
                            "--enable-zcopy",
                            "--zerocopy-threshold",
                            "--zerocopy-threshold-sock-impl",
                            "--disable-ktls",
                            "--enable-ktls",
                            "--tls-version",
                            "--psk-path",
                            "--psk-identity",
                            "--dhchap-key",
                            "--dhchap-ctrlr-key"),
                    absent("RDMA is used as SPDK sets it up", "--transport-tos", "--rdma-srq-size"),
                    absent(
                            "SPDK's environment is made by nvme4j: -s and -i say what may differ",
                            "--iova-mode",
                            "--no-huge",
                            "--enforce-numa",
                            "--vfio-vf-token",
                            "--env-context"),
                    absent("--help has all options", "--help-full", "-v"));

    private record Absent(String reason, List<String> names) {}

    private SpdkPerfOptions() {}

    private static Absent absent(String reason, String... names) {
        return new Absent(reason, List.of(names));
    }

    /** What to tell who gave an argument that bench does not know, if it is one of these. */
    public static Optional<String> reason(String argument) {
        String name = argument.replaceFirst("=.*", "");
        return ABSENT.stream()
                .filter(option -> option.names.contains(name))
                .map(option -> name + ": " + option.reason)
                .findFirst();
    }
}
