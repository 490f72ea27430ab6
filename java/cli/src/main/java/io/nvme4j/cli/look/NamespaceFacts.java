// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.cli.text.ByteSize;
import io.nvme4j.spec.IdentifyNamespace;
import io.nvme4j.spec.LbaFormat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code identify} says of a namespace. */
final class NamespaceFacts {
    private NamespaceFacts() {}

    static Facts of(Controller controller, Namespace namespace) {
        IdentifyNamespace identify = controller.identify(namespace);
        int block = namespace.blockSize();
        Facts facts =
                new Facts("Namespace " + namespace.id())
                        .add("namespaceId", "Namespace ID", namespace.id())
                        .add("size", "Size", identify.size(), blocks(identify.size(), block))
                        .add(
                                "capacity",
                                "Capacity",
                                identify.capacity(),
                                blocks(identify.capacity(), block))
                        .add(
                                "utilization",
                                "Utilization",
                                identify.utilization(),
                                blocks(identify.utilization(), block))
                        .addBytes("blockSize", "Block Size", block)
                        .addBytes("metadataSize", "Metadata Size", namespace.metadataSize());
        addFormats(facts, identify);
        addProtection(facts, identify);
        return addRest(facts, identify);
    }

    private static String blocks(long count, int blockSize) {
        return count + " blocks, " + ByteSize.format(count * blockSize);
    }

    private static void addFormats(Facts facts, IdentifyNamespace identify) {
        List<LbaFormat> formats =
                identify.lbaFormats().stream().filter(LbaFormat::isAvailable).toList();
        int current = identify.format().index();
        facts.add("lbaFormat", "LBA Format", current, "#" + current)
                .add(
                        "lbaFormats",
                        "LBA Formats",
                        formats.stream().map(NamespaceFacts::toMap).toList(),
                        formats.stream()
                                .map(NamespaceFacts::text)
                                .collect(Collectors.joining(", ")));
    }

    private static Map<String, Object> toMap(LbaFormat format) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("index", format.index());
        map.put("dataSize", format.dataSize());
        map.put("metadataSize", format.metadataSize());
        map.put("relativePerformance", format.relativePerformance());
        return map;
    }

    private static String text(LbaFormat format) {
        return "#" + format.index() + " " + format.dataSize() + "+" + format.metadataSize();
    }

    private static void addProtection(Facts facts, IdentifyNamespace identify) {
        int type = identify.protectionInformationType();
        facts.add(
                "protectionInformationType",
                "Protection Information",
                type,
                type == 0 ? "none" : "type " + type);
        if (identify.format().metadataSize() > 0) {
            facts.add(
                    "metadataWithData", "Metadata With Data", identify.transfersMetadataWithData());
        }
    }

    private static Facts addRest(Facts facts, IdentifyNamespace identify) {
        int boundary = identify.optimalIoBoundary();
        return facts.add(
                        "optimalIoBoundary",
                        "Optimal I/O Boundary",
                        boundary,
                        boundary == 0 ? "none" : boundary + " blocks")
                .add("thinProvisioned", "Thin Provisioned", identify.isThinProvisioned())
                .add("shared", "Shared", identify.isShared())
                .add("writeProtected", "Write Protected", identify.isWriteProtected())
                .add(
                        "nguid",
                        "NGUID",
                        identify.globallyUniqueIdentifier(),
                        orNone(identify.globallyUniqueIdentifier()))
                .add(
                        "eui64",
                        "EUI64",
                        identify.extendedUniqueIdentifier(),
                        orNone(identify.extendedUniqueIdentifier()));
    }

    private static String orNone(String identifier) {
        return identifier.isEmpty() ? "none" : identifier;
    }
}
