// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.situation;

import io.nvme4j.TransportId;
import io.nvme4j.cli.machine.NvmeDrive;
import io.nvme4j.cli.machine.PciBus;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be attached to.
 *
 * @param id a transport id; empty where none was named
 * @param transports those that have to work
 */
public record Goal(Optional<TransportId> id, Set<Transport> transports) {
    /**
     * What a transport id names.
     *
     * @throws IllegalArgumentException if its trtype is none that there is
     */
    public static Goal of(TransportId id) {
        String trtype =
                id.get("trtype")
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "transport id \"" + id + "\" names no trtype"));
        try {
            Transport transport = Transport.valueOf(trtype.toUpperCase(Locale.ROOT));
            return new Goal(Optional.of(id), EnumSet.of(transport));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "unknown trtype \"" + trtype + "\": use EMBEDDED, PCIE, TCP, RDMA or VFIOUSER",
                    e);
        }
    }

    /**
     * Where nothing is named: the built-in controller, and drives where any was made ready for
     * programs.
     */
    public static Goal ofMachine(List<NvmeDrive> drives) {
        EnumSet<Transport> transports = EnumSet.of(Transport.EMBEDDED);
        if (drives.stream().anyMatch(NvmeDrive::isForUserSpace)) {
            transports.add(Transport.PCIE);
        }
        return new Goal(Optional.empty(), transports);
    }

    /** The drive that is wanted, as the kernel writes its address. */
    public Optional<String> pciAddress() {
        return transports.contains(Transport.PCIE)
                ? value("traddr").map(PciBus::normalize)
                : Optional.empty();
    }

    /** What the id says for a key. */
    public Optional<String> value(String key) {
        return id.flatMap(named -> named.get(key));
    }

    /** Whether one transport was named, and this is it. */
    public boolean names(Transport transport) {
        return id.isPresent() && transports.contains(transport);
    }
}
