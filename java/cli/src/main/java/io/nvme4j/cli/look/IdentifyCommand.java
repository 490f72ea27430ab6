// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.TransportId;
import io.nvme4j.cli.console.ExitCode;
import io.nvme4j.cli.console.OutputFormatOption;
import io.nvme4j.cli.console.Subcommand;
import io.nvme4j.cli.text.Json;
import io.nvme4j.error.CommandException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code nvme4j identify}: what a controller says of itself and its namespaces. */
@Command(
        name = "identify",
        description = "Prints what a controller says of itself, its limits and its namespaces.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  nvme4j identify",
            "  nvme4j identify -r 'trtype:PCIE traddr:0000:01:00.0' --output-format=json"
        })
public final class IdentifyCommand extends Subcommand {
    @Option(
            names = {"-r", "--transport"},
            paramLabel = "<id>",
            description =
                    "Transport id of the controller; with ns:N only that namespace. Default:"
                            + " ${DEFAULT-VALUE}")
    private String transportId = TransportId.EMBEDDED.text();

    @Mixin private OutputFormatOption format = new OutputFormatOption();

    IdentifyCommand() {}

    @Override
    public Integer call() {
        TransportId id = transportId(transportId);
        Optional<Integer> selected = id.namespaceId();
        PrintWriter out = out();
        try (Controller controller = Controller.attach(id.text())) {
            List<Namespace> namespaces =
                    selected.isPresent()
                            ? List.of(controller.namespace(selected.get()))
                            : controller.namespaces();
            if (format.isJson()) {
                out.println(Json.text(document(id, controller, namespaces)));
            } else {
                print(out, id, controller, namespaces);
            }
            out.flush();
        }
        return ExitCode.OK;
    }

    private static Map<String, Object> document(
            TransportId id, Controller controller, List<Namespace> namespaces) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("controller", ControllerFacts.identity(id, controller).toMap());
        document.put("limits", ControllerFacts.limits(controller).toMap());
        health(controller).ifPresent(health -> document.put("health", health.toMap()));
        document.put(
                "namespaces",
                namespaces.stream()
                        .map(namespace -> NamespaceFacts.of(controller, namespace).toMap())
                        .toList());
        return document;
    }

    private static void print(
            PrintWriter out, TransportId id, Controller controller, List<Namespace> namespaces) {
        ControllerFacts.identity(id, controller).print(out);
        out.println();
        ControllerFacts.limits(controller).print(out);
        health(controller)
                .ifPresent(
                        health -> {
                            out.println();
                            health.print(out);
                        });
        for (Namespace namespace : namespaces) {
            out.println();
            NamespaceFacts.of(controller, namespace).print(out);
        }
    }

    /** Empty where the controller doesn't have the log page, which some software targets lack. */
    private static Optional<Facts> health(Controller controller) {
        try {
            return Optional.of(HealthFacts.of(controller.smartLog()));
        } catch (CommandException e) {
            return Optional.empty();
        }
    }
}
