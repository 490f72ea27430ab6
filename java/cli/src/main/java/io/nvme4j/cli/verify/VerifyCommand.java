// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import io.nvme4j.Controller;
import io.nvme4j.TransportId;
import io.nvme4j.cli.console.ExitCode;
import io.nvme4j.cli.console.Interrupts;
import io.nvme4j.cli.console.Subcommand;
import io.nvme4j.cli.target.Target;
import io.nvme4j.error.NvmeException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code nvme4j verify}: what has become of the blocks that a data integrity run wrote. */
@Command(
        name = "verify",
        description = {
            "Finds blocks that are lost, torn, misdirected or stale.",
            "",
            "Reads what was written in data integrity mode (bench --integrity LEDGER) and compares"
                + " each block's mark with its place, its data and the ledger. It may be run after"
                + " the writer was killed: writes that were not acknowledged may be there or not,"
                + " all others must be."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nNotes:%n",
        footer = {
            "Without a ledger it reads the whole namespace and checks every block that has a mark"
                    + " against that. Blocks that are stale or lost are not found so.",
            "",
            "The exit code is 1 if a block is wrong or can't be read, or if there was none to"
                    + " check.",
            "",
            "Example:",
            "  nvme4j bench -r 'trtype:EMBEDDED traddr:/tmp/disk.img size:1G' -w randwrite \\",
            "      --integrity /tmp/disk.ledger",
            "  nvme4j verify -r 'trtype:EMBEDDED traddr:/tmp/disk.img' /tmp/disk.ledger"
        })
public final class VerifyCommand extends Subcommand {
    private static final int DEFAULT_LIMIT = 100;

    @Option(
            names = {"-r", "--transport"},
            paramLabel = "<id>",
            required = true,
            description = "Transport id of the controller; ns:N where it has several namespaces")
    private String transportId = "";

    @Option(
            names = "--limit",
            paramLabel = "<count>",
            description = "Wrong blocks that are listed one by one. Default: 100")
    private int limit = DEFAULT_LIMIT;

    @Parameters(
            paramLabel = "<ledger>",
            arity = "0..1",
            description = "What bench --integrity has noted")
    private @Nullable Path ledgerFile;

    private final Map<Fault.Kind, Long> counts = new EnumMap<>(Fault.Kind.class);
    private long told;

    VerifyCommand() {}

    @Override
    public Integer call() {
        if (limit < 0) {
            throw wrong("--limit " + limit + ": a number is 0 or more");
        }
        TransportId id = transportId(transportId);
        AtomicBoolean stopped = new AtomicBoolean();
        try (Arena arena = Arena.ofShared();
                Controller controller = Controller.attach(id.text());
                Interrupts interrupts = new Interrupts(() -> stopped.set(true))) {
            Target target = target(id, controller);
            Scan scan = scan(target, arena);
            scan.run(stopped::get);
            print(scan, target);
            if (interrupts.received() != 0) {
                return ExitCode.SIGNAL + interrupts.received();
            }
            return counts.isEmpty() && scan.unreadable() == 0 && isAnyChecked(scan)
                    ? ExitCode.OK
                    : ExitCode.FAILURE;
        }
    }

    private Target target(TransportId id, Controller controller) {
        List<Target> targets = Target.of(id, controller);
        if (targets.size() > 1) {
            throw new NvmeException(
                    "the controller has %d namespaces: select one by ns:N"
                            .formatted(targets.size()));
        }
        targets.getFirst().checkFormat();
        return targets.getFirst();
    }

    private Scan scan(Target target, Arena arena) {
        Ledger ledger =
                ledgerFile == null
                        ? Ledger.empty(wholeNamespace(target))
                        : Ledger.open(ledgerFile, arena);
        checkShape(ledger.shape(), target);
        return new Scan(
                target.controller(),
                target.namespace(),
                ledger,
                ledgerFile == null,
                this::onFault,
                this::tell);
    }

    private static Ledger.Shape wholeNamespace(Target target) {
        return new Ledger.Shape(
                target.namespace().blockSize(), 1, 0, target.namespace().blocks(), 1);
    }

    private void checkShape(Ledger.Shape shape, Target target) {
        long end = shape.first() + shape.units() * shape.unitBlocks();
        if (shape.blockSize() != target.namespace().blockSize()
                || end > target.namespace().blocks()) {
            throw new NvmeException(
                    "%s is about %d blocks of %d bytes, which %s does not have: name the device that was written"
                            .formatted(ledgerFile, end, shape.blockSize(), target.label()));
        }
    }

    /** Nothing is wrong with nothing, but nobody asks to have that confirmed. */
    private boolean isAnyChecked(Scan scan) {
        if (scan.checked() > 0) {
            return true;
        }
        String reason =
                ledgerFile == null
                        ? "no block has a mark of bench --integrity"
                        : "no write that " + ledgerFile + " knows of was acknowledged";
        tell("nothing was checked: " + reason);
        return false;
    }

    private void onFault(Fault fault) {
        counts.merge(fault.kind(), 1L, Long::sum);
        if (told++ < limit) {
            out().println(fault);
        }
    }

    private void print(Scan scan, Target target) {
        PrintWriter out = out();
        if (told > limit) {
            out.printf("and %d more%n", told - limit);
        }
        out.printf("%s: %d blocks checked", target.label(), scan.checked());
        for (Fault.Kind kind : Fault.Kind.values()) {
            out.printf(", %d %s", counts.getOrDefault(kind, 0L), kind.label());
        }
        if (scan.unreadable() > 0) {
            out.printf(", %d can't be read", scan.unreadable());
        }
        out.println();
    }
}
