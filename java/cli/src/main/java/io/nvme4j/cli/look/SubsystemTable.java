// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import io.nvme4j.DiscoveryService;
import io.nvme4j.TransportId;
import io.nvme4j.cli.text.TextTable;
import io.nvme4j.spec.DiscoveryLogEntry;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The subsystems that discovery services offer. */
final class SubsystemTable implements ListCommand.Listing {
    private static final Set<String> FABRICS = Set.of("TCP", "RDMA");

    private final List<Map<String, Object>> subsystems = new ArrayList<>();
    private final TextTable table = new TextTable("Type", "Transport id");

    private SubsystemTable() {}

    /** Whether a transport id names a discovery service, rather than a subsystem. */
    static boolean isMeant(String text) {
        TransportId id = new TransportId(text);
        String trtype = id.get("trtype").orElse("").toUpperCase(Locale.ROOT);
        return FABRICS.contains(trtype)
                && id.get("subnqn").filter(nqn -> !nqn.equals(DiscoveryService.NQN)).isEmpty();
    }

    /** Asks each service in turn. */
    static SubsystemTable of(List<String> transportIds) {
        SubsystemTable listing = new SubsystemTable();
        for (String id : transportIds) {
            try (DiscoveryService service = DiscoveryService.attach(id)) {
                service.entries().forEach(listing::add);
            }
        }
        return listing;
    }

    private void add(DiscoveryLogEntry entry) {
        String id = TransportId.of(entry).map(TransportId::text).orElse("");
        table.add(
                type(entry),
                id.isEmpty()
                        ? "(by another transport, type %d) %s"
                                .formatted(entry.transportType(), entry.subsystemQualifiedName())
                        : id);
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("transportId", id);
        map.put("subsystemType", type(entry));
        map.put("subsystemQualifiedName", entry.subsystemQualifiedName());
        map.put("transportType", entry.transportType());
        map.put("addressFamily", entry.addressFamily());
        map.put("transportAddress", entry.transportAddress());
        map.put("transportServiceId", entry.transportServiceId());
        map.put("requiresSecureChannel", (entry.transportRequirements() & 3) == 1);
        map.put("portId", entry.portId());
        map.put("controllerId", entry.controllerId());
        map.put("adminMaximumSubmissionQueueSize", entry.adminMaximumSubmissionQueueSize());
        subsystems.add(map);
    }

    private static String type(DiscoveryLogEntry entry) {
        return switch (entry.subsystemType()) {
            case 1 -> "other discovery service";
            case DiscoveryLogEntry.NVM_SUBSYSTEM -> "NVM subsystem";
            case 3 -> "this discovery service";
            default -> "type " + entry.subsystemType();
        };
    }

    @Override
    public void print(PrintWriter out) {
        if (table.isEmpty()) {
            out.println("No subsystem is offered to this host.");
        } else {
            table.print(out);
        }
    }

    @Override
    public void put(Map<String, Object> document) {
        document.put("subsystems", subsystems);
    }
}
