// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.serve;

import io.nvme4j.cli.console.ExitCode;
import io.nvme4j.cli.console.Interrupts;
import io.nvme4j.cli.console.Subcommand;
import io.nvme4j.embedded.EmbeddedServer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** {@code nvme4j serve}: powers a controller on, says how to attach to it, and waits for Ctrl-C. */
@Command(
        name = "serve",
        description = {
            "Serves an embedded controller to other processes, by vfio-user: SPDK's programs attach"
                    + " to it (with -g), and nvme4j itself. Prints the transport id for them, and"
                    + " serves one after the other until Ctrl-C.",
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  nvme4j serve /tmp/drive",
            "  nvme4j serve -r 'trtype:EMBEDDED traddr:/tmp/disk.img size:4G' /tmp/drive",
            "  nvme4j bench -r 'trtype:VFIOUSER traddr:/tmp/drive subnqn:NQN' -w randread"
        })
public final class ServeCommand extends Subcommand {
    @Option(
            names = {"-r", "--transport"},
            paramLabel = "<id>",
            defaultValue = "trtype:EMBEDDED",
            description = "Transport id of the embedded controller. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String transportId;

    @Parameters(
            paramLabel = "<directory>",
            description =
                    "Where hosts find it: traddr of their transport id. Made if it isn't there")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path directory;

    ServeCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        try (Interrupts interrupts = new Interrupts(stopped::countDown);
                EmbeddedServer server = EmbeddedServer.start(transportId, directory)) {
            out().println(server.transportId().text());
            out().flush();
            stopped.await();
            return ExitCode.SIGNAL + interrupts.received();
        }
    }
}
