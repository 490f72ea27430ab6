// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Identify Namespace data structure (NVM Command Set, "Identify - Identify Namespace Data
 * Structure, NVM Command Set", CNS 00h). All of it is 0 for a namespace that isn't active.
 */
public final class IdentifyNamespace {
    /** Size of the structure in bytes. */
    public static final int BYTES = 4096;

    private static final int NSZE = 0;
    private static final int NCAP = 8;
    private static final int NUSE = 16;
    private static final int NSFEAT = 24;
    private static final int NLBAF = 25;
    private static final int FLBAS = 26;
    private static final int MC = 27;
    private static final int DPC = 28;
    private static final int DPS = 29;
    private static final int NMIC = 30;
    private static final int DLFEAT = 33;
    private static final int NAWUN = 34;
    private static final int NAWUPF = 36;
    private static final int NABSN = 40;
    private static final int NABO = 42;
    private static final int NABSPF = 44;
    private static final int NOIOB = 46;
    private static final int NVMCAP = 48;
    private static final int NPWG = 64;
    private static final int NPWA = 66;
    private static final int NPDG = 68;
    private static final int NPDA = 70;
    private static final int NOWS = 72;
    private static final int NSATTR = 99;
    private static final int NGUID = 104;
    private static final int EUI64 = 120;
    private static final int LBAF0 = 128;

    private static final int MAXIMUM_FORMATS = 64;

    /** Formats that the four low bits of FLBAS can tell apart. */
    private static final int FORMATS_WITHOUT_UPPER_BITS = 16;

    private final Structure structure;

    private IdentifyNamespace(Structure structure) {
        this.structure = structure;
    }

    /**
     * Copies the structure.
     *
     * @param segment the answer to Identify with CNS 00h
     * @return the structure, which later changes of the segment don't change
     * @throws IllegalArgumentException if there are fewer than {@link #BYTES} bytes
     */
    public static IdentifyNamespace of(MemorySegment segment) {
        return new IdentifyNamespace(Structure.copyOf(segment, BYTES, "Identify Namespace"));
    }

    /** {@return the Namespace Size (NSZE) in logical blocks: LBAs go from 0 to this less 1} */
    public long size() {
        return structure.u64(NSZE);
    }

    /**
     * {@return the Namespace Capacity (NCAP) in logical blocks: as many can be allocated at once}
     */
    public long capacity() {
        return structure.u64(NCAP);
    }

    /** {@return the Namespace Utilization (NUSE) in logical blocks: as many are allocated now} */
    public long utilization() {
        return structure.u64(NUSE);
    }

    /** {@return whether NSFEAT says that the namespace is thinly provisioned (THINP)} */
    public boolean isThinProvisioned() {
        return feature(0);
    }

    /** {@return whether NSFEAT says that deallocated blocks may be read as an error (DAE)} */
    public boolean reportsDeallocatedBlocks() {
        return feature(2);
    }

    /**
     * {@return whether NSFEAT says that the preferred granularities and alignments are given
     * (OPTPERF)}
     */
    public boolean hasOptimalPerformanceFields() {
        return feature(4);
    }

    /** {@return how many LBA formats there are (NLBAF), 1 to 64} */
    public int numberOfLbaFormats() {
        return Math.min(structure.u8(NLBAF) + 1, MAXIMUM_FORMATS); // 0's based
    }

    /** {@return the formats that the namespace may have, those that aren't available among them} */
    public List<LbaFormat> lbaFormats() {
        return IntStream.range(0, numberOfLbaFormats()).mapToObj(this::lbaFormat).toList();
    }

    private LbaFormat lbaFormat(int index) {
        return LbaFormat.of(index, structure.dword(LBAF0 + index * Integer.BYTES));
    }

    /** {@return the format that the namespace has: Format Index in Formatted LBA Size (FLBAS)} */
    public LbaFormat format() {
        int flbas = structure.u8(FLBAS);
        int index = flbas & 0xF;
        if (numberOfLbaFormats() > FORMATS_WITHOUT_UPPER_BITS) {
            index |= (flbas & 0x60) >>> 1; // bits 6:5 of FLBAS are bits 5:4 of the index
        }
        return lbaFormat(index);
    }

    /**
     * {@return whether metadata follows each block's data (FLBAS bit 4), instead of lying apart}
     */
    public boolean transfersMetadataWithData() {
        return Structure.bit(structure.u8(FLBAS), 4);
    }

    /** {@return the Metadata Capabilities (MC): bit 0 with the data, bit 1 in a buffer apart} */
    public int metadataCapabilities() {
        return structure.u8(MC);
    }

    /**
     * {@return the End-to-end Data Protection Capabilities (DPC): bits 2:0 types 3 to 1, 4:3
     * positions}
     */
    public int dataProtectionCapabilities() {
        return structure.u8(DPC);
    }

    /** {@return the Protection information type in use (DPS bits 2:0): 1 to 3, or 0 for none} */
    public int protectionInformationType() {
        return structure.u8(DPS) & 0x7;
    }

    /** {@return whether protection information is the first bytes of the metadata (DPS bit 3)} */
    public boolean isProtectionInformationFirst() {
        return Structure.bit(structure.u8(DPS), 3);
    }

    /** {@return whether several controllers may be attached to the namespace (NMIC bit 0)} */
    public boolean isShared() {
        return Structure.bit(structure.u8(NMIC), 0);
    }

    /** {@return what deallocated blocks read as (DLFEAT bits 2:0): 0 not reported, 1 00h, 2 FFh} */
    public int deallocatedReadBehavior() {
        return structure.u8(DLFEAT) & 0x7;
    }

    /** {@return whether Write Zeroes may deallocate (DLFEAT bit 3)} */
    public boolean writeZeroesDeallocates() {
        return Structure.bit(structure.u8(DLFEAT), 3);
    }

    /**
     * {@return the Namespace Atomic Write Unit Normal (NAWUN) in logical blocks, 2 to 65536; 0
     * where the controller's counts: where NSFEAT doesn't say that there is one (NSABP), or the
     * field is 0}
     */
    public int atomicWriteUnitNormal() {
        return feature(1) ? blocks(NAWUN) : 0;
    }

    /**
     * {@return the Namespace Atomic Write Unit Power Fail (NAWUPF) in logical blocks; as {@link
     * #atomicWriteUnitNormal()}}
     */
    public int atomicWriteUnitPowerFail() {
        return feature(1) ? blocks(NAWUPF) : 0;
    }

    /**
     * {@return the Namespace Atomic Boundary Size Normal (NABSN) in logical blocks, 2 to 65536; 0
     * for no boundaries} Writes that cross one are not atomic.
     */
    public int atomicBoundarySizeNormal() {
        return blocks(NABSN);
    }

    /**
     * {@return the Namespace Atomic Boundary Offset (NABO): the block where the first boundary is}
     */
    public int atomicBoundaryOffset() {
        return structure.u16(NABO);
    }

    /**
     * {@return the Namespace Atomic Boundary Size Power Fail (NABSPF) in logical blocks; as {@link
     * #atomicBoundarySizeNormal()}}
     */
    public int atomicBoundarySizePowerFail() {
        return blocks(NABSPF);
    }

    /**
     * {@return the Namespace Optimal I/O Boundary (NOIOB) in logical blocks; 0 for none} Reads and
     * writes should not cross it.
     */
    public int optimalIoBoundary() {
        return structure.u16(NOIOB);
    }

    /** {@return the NVM Capacity (NVMCAP) in bytes; 0 where it is not reported} */
    public BigInteger nvmCapacity() {
        return structure.u128(NVMCAP);
    }

    /**
     * {@return the Namespace Preferred Write Granularity (NPWG) in logical blocks; 0 where not
     * reported}
     */
    public int preferredWriteGranularity() {
        return optimal(NPWG);
    }

    /**
     * {@return the Namespace Preferred Write Alignment (NPWA) in logical blocks; 0 where not
     * reported}
     */
    public int preferredWriteAlignment() {
        return optimal(NPWA);
    }

    /**
     * {@return the Namespace Preferred Deallocate Granularity (NPDG) in logical blocks; 0 if not
     * reported}
     */
    public int preferredDeallocateGranularity() {
        return optimal(NPDG);
    }

    /**
     * {@return the Namespace Preferred Deallocate Alignment (NPDA) in logical blocks; 0 if not
     * reported}
     */
    public int preferredDeallocateAlignment() {
        return optimal(NPDA);
    }

    /** {@return the Namespace Optimal Write Size (NOWS) in logical blocks; 0 where not reported} */
    public int optimalWriteSize() {
        return optimal(NOWS);
    }

    /** {@return whether the namespace is write protected (NSATTR bit 0)} */
    public boolean isWriteProtected() {
        return Structure.bit(structure.u8(NSATTR), 0);
    }

    /**
     * {@return the Namespace Globally Unique Identifier (NGUID), 32 hexadecimal digits, or empty}
     */
    public String globallyUniqueIdentifier() {
        return structure.identifier(NGUID, 16);
    }

    /** {@return the IEEE Extended Unique Identifier (EUI64), 16 hexadecimal digits, or empty} */
    public String extendedUniqueIdentifier() {
        return structure.identifier(EUI64, 8);
    }

    private boolean feature(int bit) {
        return Structure.bit(structure.u8(NSFEAT), bit);
    }

    /** A field that is 0's based, but for 0, which says that there is no such size. */
    private int blocks(int offset) {
        int value = structure.u16(offset);
        return value == 0 ? 0 : value + 1;
    }

    private int optimal(int offset) {
        return hasOptimalPerformanceFields() ? structure.u16(offset) + 1 : 0; // 0's based
    }
}
