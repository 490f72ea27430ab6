// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.cli.text.ByteSize;
import io.nvme4j.cli.text.TextTable;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The active namespaces of controllers. */
final class NamespaceTable implements ListCommand.Listing {
    private final List<Map<String, Object>> namespaces = new ArrayList<>();
    private final TextTable table =
            new TextTable(
                    "Transport id", "Model", "Serial", "NS", "Size", "Blocks", "Block", "Metadata");

    private NamespaceTable() {}

    /** Attaches to each controller in turn. */
    static NamespaceTable of(List<String> transportIds) {
        NamespaceTable listing = new NamespaceTable();
        for (String id : transportIds) {
            try (Controller controller = Controller.attach(id)) {
                controller.namespaces().forEach(each -> listing.add(id, controller, each));
            }
        }
        return listing;
    }

    private void add(String id, Controller controller, Namespace namespace) {
        String model = controller.identify().modelNumber();
        String serial = controller.identify().serialNumber();
        table.add(
                id,
                TextTable.dash(model),
                TextTable.dash(serial),
                namespace.id(),
                ByteSize.format(namespace.sizeInBytes()),
                namespace.blocks(),
                namespace.blockSize(),
                namespace.metadataSize());
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("transportId", id);
        map.put("modelNumber", model);
        map.put("serialNumber", serial);
        map.put("namespaceId", namespace.id());
        map.put("sizeInBytes", namespace.sizeInBytes());
        map.put("blocks", namespace.blocks());
        map.put("blockSize", namespace.blockSize());
        map.put("metadataSize", namespace.metadataSize());
        namespaces.add(map);
    }

    @Override
    public void print(PrintWriter out) {
        if (table.isEmpty()) {
            out.println("No active namespaces.");
        } else {
            table.print(out);
        }
    }

    @Override
    public void put(Map<String, Object> document) {
        document.put("namespaces", namespaces);
    }
}
