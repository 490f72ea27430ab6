// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.lang.foreign.MemorySegment;

/**
 * An entry of the Discovery log page (Base Specification, "Discovery Log Page Entry Data
 * Structure"): one way to reach one subsystem.
 *
 * @param transportType (TRTYPE): 1 RDMA, 2 Fibre Channel, 3 TCP, 254 intra-host
 * @param addressFamily (ADRFAM): 0 not specified, 1 IPv4, 2 IPv6, 3 InfiniBand, 4 Fibre Channel
 * @param subsystemType (SUBTYPE): 1 another discovery service, 2 NVM subsystem, 3 this discovery
 *     service
 * @param transportRequirements (TREQ), a bit field; bits 1:0 are 1 where a secure channel is
 *     required
 * @param portId (PORTID) of the subsystem's port
 * @param controllerId (CNTLID); 65535: the subsystem makes controllers as hosts connect
 * @param adminMaximumSubmissionQueueSize (ASQSZ) in entries
 * @param entryFlags (EFLAGS), a bit field
 * @param transportServiceId (TRSVCID), of TCP and RDMA a port number
 * @param subsystemQualifiedName (SUBNQN)
 * @param transportAddress (TRADDR), of TCP and RDMA an IP address
 */
public record DiscoveryLogEntry(
        int transportType,
        int addressFamily,
        int subsystemType,
        int transportRequirements,
        int portId,
        int controllerId,
        int adminMaximumSubmissionQueueSize,
        int entryFlags,
        String transportServiceId,
        String subsystemQualifiedName,
        String transportAddress) {
    /** Size of an entry in bytes. */
    public static final int BYTES = 1024;

    /** Subsystem type of an NVM subsystem, which has namespaces. */
    public static final int NVM_SUBSYSTEM = 2;

    /**
     * Copies an entry.
     *
     * @param segment of the log page, from the entry's first byte on
     * @return the entry, whose texts have no padding
     * @throws IllegalArgumentException if there are fewer than {@link #BYTES} bytes
     */
    public static DiscoveryLogEntry of(MemorySegment segment) {
        Structure structure = Structure.copyOf(segment, BYTES, "a Discovery log page entry");
        return new DiscoveryLogEntry(
                structure.u8(0),
                structure.u8(1),
                structure.u8(2),
                structure.u8(3),
                structure.u16(4),
                structure.u16(6),
                structure.u16(8),
                structure.u16(10),
                structure.text(32, 32),
                structure.text(256, 256),
                structure.text(512, 256));
    }

    /** {@return whether it is a subsystem that has namespaces, and not a discovery service} */
    public boolean isNvmSubsystem() {
        return subsystemType == NVM_SUBSYSTEM;
    }
}
