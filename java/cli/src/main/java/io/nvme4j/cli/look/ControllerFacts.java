// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import io.nvme4j.Controller;
import io.nvme4j.TransportId;
import io.nvme4j.spec.ControllerCapabilities;
import io.nvme4j.spec.IdentifyController;

import java.util.ArrayList;
import java.util.List;

/** What {@code identify} says of a controller. */
final class ControllerFacts {
    private ControllerFacts() {}

    /** Who it is. */
    static Facts identity(TransportId id, Controller controller) {
        IdentifyController identify = controller.identify();
        return new Facts("Controller at " + id)
                .add("serialNumber", "Serial Number", identify.serialNumber())
                .add("modelNumber", "Model Number", identify.modelNumber())
                .add("firmwareRevision", "Firmware Revision", identify.firmwareRevision())
                .add(
                        "subsystemQualifiedName",
                        "Subsystem Qualified Name",
                        identify.subsystemQualifiedName())
                .add("nvmeVersion", "NVMe Version", controller.version().toString())
                .add("pciVendorId", "PCI Vendor ID", hex(identify.pciVendorId()))
                .add(
                        "pciSubsystemVendorId",
                        "PCI Subsystem Vendor ID",
                        hex(identify.pciSubsystemVendorId()))
                .add("controllerId", "Controller ID", hex(identify.controllerId()))
                .add("description", "Attached by", controller.description());
    }

    private static String hex(int value) {
        return "%04x".formatted(value);
    }

    /** What it can do. */
    static Facts limits(Controller controller) {
        IdentifyController identify = controller.identify();
        ControllerCapabilities capabilities = controller.capabilities();
        Facts facts = new Facts("Limits");
        addTransfer(facts, identify, capabilities, controller.limits().transferSize());
        return facts.add(
                        "maximumQueueEntries",
                        "Maximum Queue Entries",
                        capabilities.maximumQueueEntriesSupported())
                .add("maximumQueueDepth", "Maximum Queue Depth", controller.limits().queueDepth())
                .add("ioQueuePairs", "I/O Queue Pairs", controller.limits().queuePairs())
                .addBytes(
                        "memoryPageSizeMinimum",
                        "Memory Page Size Minimum",
                        capabilities.memoryPageSizeMinimum())
                .addBytes(
                        "memoryPageSizeMaximum",
                        "Memory Page Size Maximum",
                        capabilities.memoryPageSizeMaximum())
                .add("sglSupport", "SGLs", sgls(identify.sglSupport()))
                .add("numberOfNamespaces", "Number of Namespaces", identify.numberOfNamespaces())
                .add("volatileWriteCache", "Volatile Write Cache", identify.hasVolatileWriteCache())
                .add(
                        "atomicWriteUnitNormal",
                        "Atomic Write Unit Normal",
                        identify.atomicWriteUnitNormal(),
                        identify.atomicWriteUnitNormal() + " blocks")
                .add(
                        "atomicWriteUnitPowerFail",
                        "Atomic Write Unit Power Fail",
                        identify.atomicWriteUnitPowerFail(),
                        identify.atomicWriteUnitPowerFail() + " blocks")
                .add("abortCommandLimit", "Abort Command Limit", identify.abortCommandLimit())
                .add(
                        "asynchronousEventRequestLimit",
                        "Async Event Request Limit",
                        identify.asynchronousEventRequestLimit())
                .add(
                        "errorLogPageEntries",
                        "Error Log Page Entries",
                        identify.errorLogPageEntries())
                .add(
                        "optionalCommands",
                        "Optional Commands",
                        optionalCommands(identify),
                        String.join(", ", optionalCommands(identify)));
    }

    private static void addTransfer(
            Facts facts,
            IdentifyController identify,
            ControllerCapabilities capabilities,
            long maximumTransferSize) {
        long limit = identify.maximumDataTransferSize(capabilities.memoryPageSizeMinimum());
        if (limit == Long.MAX_VALUE) {
            facts.add("maximumDataTransferSize", "Max Data Transfer Size", 0, "unlimited");
        } else {
            facts.addBytes("maximumDataTransferSize", "Max Data Transfer Size", limit);
        }
        if (maximumTransferSize > 0) {
            facts.addBytes(
                    "maximumTransferSize", "Maximum of one command here", maximumTransferSize);
        }
    }

    private static String sgls(int support) {
        return switch (support & 0x3) {
            case 0 -> "not supported";
            case 1 -> "supported, any alignment";
            case 2 -> "supported, dword aligned";
            default -> "reserved value";
        };
    }

    private static List<String> optionalCommands(IdentifyController identify) {
        List<String> commands = new ArrayList<>();
        addIf(commands, identify.supportsCompare(), "Compare");
        addIf(commands, identify.supportsWriteUncorrectable(), "Write Uncorrectable");
        addIf(commands, identify.supportsDatasetManagement(), "Dataset Management");
        addIf(commands, identify.supportsWriteZeroes(), "Write Zeroes");
        addIf(commands, identify.supportsReservations(), "Reservations");
        addIf(commands, identify.supportsVerify(), "Verify");
        addIf(commands, identify.supportsCopy(), "Copy");
        addIf(commands, identify.supportsFusedCompareAndWrite(), "fused Compare and Write");
        return commands;
    }

    private static void addIf(List<String> commands, boolean supported, String name) {
        if (supported) {
            commands.add(name);
        }
    }
}
