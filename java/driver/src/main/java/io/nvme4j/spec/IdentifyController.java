// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;

/**
 * Identify Controller data structure (Base Specification, "Identify - Identify Controller Data
 * Structure, I/O Command Set Independent", CNS 01h).
 */
public final class IdentifyController {
    /** Size of the structure in bytes. */
    public static final int BYTES = 4096;

    private static final int VID = 0;
    private static final int SSVID = 2;
    private static final int SN = 4;
    private static final int MN = 24;
    private static final int FR = 64;
    private static final int MDTS = 77;
    private static final int CNTLID = 78;
    private static final int VER = 80;
    private static final int CNTRLTYPE = 111;
    private static final int OACS = 256;
    private static final int ACL = 258;
    private static final int AERL = 259;
    private static final int LPA = 261;
    private static final int ELPE = 262;
    private static final int NPSS = 263;
    private static final int WCTEMP = 266;
    private static final int CCTEMP = 268;
    private static final int TNVMCAP = 280;
    private static final int UNVMCAP = 296;
    private static final int KAS = 320;
    private static final int SQES = 512;
    private static final int CQES = 513;
    private static final int MAXCMD = 514;
    private static final int NN = 516;
    private static final int ONCS = 520;
    private static final int FUSES = 522;
    private static final int FNA = 524;
    private static final int VWC = 525;
    private static final int AWUN = 526;
    private static final int AWUPF = 528;
    private static final int SGLS = 536;
    private static final int MNAN = 540;
    private static final int SUBNQN = 768;
    private static final int SUBNQN_BYTES = 256;

    private static final int DISCOVERY_CONTROLLER = 2;

    /** Unit of the Keep Alive Support field. */
    private static final int KEEP_ALIVE_UNIT_MILLIS = 100;

    private final Structure structure;

    private IdentifyController(Structure structure) {
        this.structure = structure;
    }

    /**
     * Copies the structure.
     *
     * @param segment the answer to Identify with CNS 01h
     * @return the structure, which later changes of the segment don't change
     * @throws IllegalArgumentException if there are fewer than {@link #BYTES} bytes
     */
    public static IdentifyController of(MemorySegment segment) {
        return new IdentifyController(Structure.copyOf(segment, BYTES, "Identify Controller"));
    }

    /** {@return the PCI Vendor ID (VID), 0 to 65,535} */
    public int pciVendorId() {
        return structure.u16(VID);
    }

    /** {@return the PCI Subsystem Vendor ID (SSVID), 0 to 65,535} */
    public int pciSubsystemVendorId() {
        return structure.u16(SSVID);
    }

    /** {@return the Serial Number (SN), without padding} */
    public String serialNumber() {
        return structure.text(SN, 20);
    }

    /** {@return the Model Number (MN), without padding} */
    public String modelNumber() {
        return structure.text(MN, 40);
    }

    /** {@return the Firmware Revision (FR), without padding} */
    public String firmwareRevision() {
        return structure.text(FR, 8);
    }

    /**
     * {@return the Maximum Data Transfer Size (MDTS) as it is: an exponent of two, counted in units
     * of the smallest memory page size; 0 for no limit}
     */
    public int maximumDataTransferSize() {
        return structure.u8(MDTS);
    }

    /**
     * Maximum Data Transfer Size (MDTS) in bytes.
     *
     * @param memoryPageSizeMinimum bytes, {@link ControllerCapabilities#memoryPageSizeMinimum()}
     * @return {@link Long#MAX_VALUE} for no limit
     */
    public long maximumDataTransferSize(long memoryPageSizeMinimum) {
        int exponent = maximumDataTransferSize();
        boolean unlimited =
                exponent == 0 || exponent >= Long.numberOfLeadingZeros(memoryPageSizeMinimum);
        return unlimited ? Long.MAX_VALUE : memoryPageSizeMinimum << exponent;
    }

    /**
     * {@return the Controller ID (CNTLID), 0 to 65,535: the controller's number in its subsystem}
     */
    public int controllerId() {
        return structure.u16(CNTLID);
    }

    /** {@return the Version (VER), as the property of the same name} */
    public Version version() {
        return new Version(structure.dword(VER));
    }

    /**
     * {@return the Controller Type (CNTRLTYPE): 0 not reported, 1 I/O, 2 discovery, 3
     * administrative}
     */
    public int controllerType() {
        return structure.u8(CNTRLTYPE);
    }

    /** {@return whether it is a discovery controller, which has no namespaces and does no I/O} */
    public boolean isDiscoveryController() {
        return controllerType() == DISCOVERY_CONTROLLER;
    }

    /** {@return the Optional Admin Command Support (OACS): one bit for each command} */
    public int optionalAdminCommandSupport() {
        return structure.u16(OACS);
    }

    /** {@return how many Abort commands may be in flight at once (ACL), 1 to 256} */
    public int abortCommandLimit() {
        return structure.u8(ACL) + 1; // 0's based
    }

    /**
     * {@return how many Asynchronous Event Request commands may be in flight at once (AERL), 1 to
     * 256}
     */
    public int asynchronousEventRequestLimit() {
        return structure.u8(AERL) + 1; // 0's based
    }

    /** {@return the Log Page Attributes (LPA), a bit field} */
    public int logPageAttributes() {
        return structure.u8(LPA);
    }

    /** {@return how many Error Information log entries the controller keeps (ELPE), 1 to 256} */
    public int errorLogPageEntries() {
        return structure.u8(ELPE) + 1; // 0's based
    }

    /** {@return how many power states the controller has (NPSS), 1 to 32} */
    public int numberOfPowerStates() {
        return structure.u8(NPSS) + 1; // 0's based
    }

    /**
     * {@return the Warning Composite Temperature Threshold (WCTEMP) in kelvins; 0 where not
     * reported}
     */
    public int warningCompositeTemperatureThreshold() {
        return structure.u16(WCTEMP);
    }

    /**
     * {@return the Critical Composite Temperature Threshold (CCTEMP) in kelvins; 0 where not
     * reported}
     */
    public int criticalCompositeTemperatureThreshold() {
        return structure.u16(CCTEMP);
    }

    /** {@return the Total NVM Capacity (TNVMCAP) in bytes; 0 where not reported} */
    public BigInteger totalNvmCapacity() {
        return structure.u128(TNVMCAP);
    }

    /** {@return the Unallocated NVM Capacity (UNVMCAP) in bytes; 0 where not reported} */
    public BigInteger unallocatedNvmCapacity() {
        return structure.u128(UNVMCAP);
    }

    /**
     * {@return the granularity of the keep alive timer (KAS) in milliseconds; 0 where there is no
     * timer}
     */
    public int keepAliveGranularityMillis() {
        return structure.u16(KAS) * KEEP_ALIVE_UNIT_MILLIS;
    }

    /**
     * {@return the Smallest Submission Queue Entry Size (SQES bits 3:0) in bytes; 64 in the NVM
     * Command Set}
     */
    public int submissionQueueEntrySize() {
        return 1 << (structure.u8(SQES) & 0xF);
    }

    /**
     * {@return the Smallest Completion Queue Entry Size (CQES bits 3:0) in bytes; 16 in the NVM
     * Command Set}
     */
    public int completionQueueEntrySize() {
        return 1 << (structure.u8(CQES) & 0xF);
    }

    /** {@return the Maximum Outstanding Commands (MAXCMD) of a queue; 0 where not reported} */
    public int maximumOutstandingCommands() {
        return structure.u16(MAXCMD);
    }

    /** {@return the Number of Namespaces (NN): the greatest namespace identifier that is valid} */
    public long numberOfNamespaces() {
        return structure.u32(NN);
    }

    /** {@return the Maximum Number of Allowed Namespaces (MNAN); 0 where not reported} */
    public long maximumNumberOfAllowedNamespaces() {
        return structure.u32(MNAN);
    }

    /** {@return whether the controller has the command Compare (ONCS)} */
    public boolean supportsCompare() {
        return optionalCommand(0);
    }

    /** {@return whether the controller has the command Write Uncorrectable (ONCS)} */
    public boolean supportsWriteUncorrectable() {
        return optionalCommand(1);
    }

    /** {@return whether the controller has the command Dataset Management (ONCS)} */
    public boolean supportsDatasetManagement() {
        return optionalCommand(2);
    }

    /** {@return whether the controller has the command Write Zeroes (ONCS)} */
    public boolean supportsWriteZeroes() {
        return optionalCommand(3);
    }

    /** {@return whether the controller has the commands for reservations (ONCS)} */
    public boolean supportsReservations() {
        return optionalCommand(5);
    }

    /** {@return whether the controller has the command Verify (ONCS)} */
    public boolean supportsVerify() {
        return optionalCommand(7);
    }

    /** {@return whether the controller has the command Copy (ONCS)} */
    public boolean supportsCopy() {
        return optionalCommand(8);
    }

    /** {@return whether Compare and Write may be fused (FUSES bit 0)} */
    public boolean supportsFusedCompareAndWrite() {
        return Structure.bit(structure.u16(FUSES), 0);
    }

    /** {@return the Format NVM Attributes (FNA), a bit field} */
    public int formatNvmAttributes() {
        return structure.u8(FNA);
    }

    /** {@return whether there is a Volatile Write Cache (VWC bit 0), which Flush empties} */
    public boolean hasVolatileWriteCache() {
        return Structure.bit(structure.u8(VWC), 0);
    }

    /** {@return the Atomic Write Unit Normal (AWUN) in logical blocks, 1 to 65536} */
    public int atomicWriteUnitNormal() {
        return structure.u16(AWUN) + 1; // 0's based
    }

    /** {@return the Atomic Write Unit Power Fail (AWUPF) in logical blocks, 1 to 65536} */
    public int atomicWriteUnitPowerFail() {
        return structure.u16(AWUPF) + 1; // 0's based
    }

    /**
     * {@return the SGL Support (SGLS): bits 1:0 are 0 for none, 1 for any alignment, 2 for dwords}
     */
    public int sglSupport() {
        return structure.dword(SGLS);
    }

    /** {@return the NVM Subsystem NVMe Qualified Name (SUBNQN)} */
    public String subsystemQualifiedName() {
        return structure.text(SUBNQN, SUBNQN_BYTES);
    }

    private boolean optionalCommand(int bit) {
        return Structure.bit(structure.u16(ONCS), bit);
    }
}
