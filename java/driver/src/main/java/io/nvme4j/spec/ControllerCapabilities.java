// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

/**
 * The Controller Capabilities property (CAP).
 *
 * <pre>
 *  63    58 57   56   55    52 51    48 47 46 45 44   37  36   35   32 31 24 18 17  16  15     0
 * +--------+----+----+--------+--------+-----+---+------+-----+-------+-----+-----+---+--------+
 * |  ...   |CMBS|PMRS| MPSMAX | MPSMIN | CPS |BPS| CSS  |NSSRS| DSTRD | TO  | AMS |CQR| MQES   |
 * +--------+----+----+--------+--------+-----+---+------+-----+-------+-----+-----+---+--------+
 * </pre>
 *
 * @param value the 64-bit register
 */
public record ControllerCapabilities(long value) {
    /** MPSMIN and MPSMAX count from pages of 2^12 bytes. */
    private static final int PAGE_SHIFT = 12;

    private static final int TIMEOUT_UNIT_MILLIS = 500;

    /**
     * {@return how many entries an I/O queue may have: Maximum Queue Entries Supported (MQES), 2 to
     * 65536}
     */
    public int maximumQueueEntriesSupported() {
        return bits(0, 16) + 1; // 0's based
    }

    /**
     * {@return whether I/O queues must be contiguous in memory: Contiguous Queues Required (CQR)}
     */
    public boolean contiguousQueuesRequired() {
        return bits(16, 1) != 0;
    }

    /**
     * {@return the Timeout (TO) in milliseconds: the longest that enabling or disabling may take}
     */
    public int timeoutMillis() {
        return bits(24, 8) * TIMEOUT_UNIT_MILLIS;
    }

    /** {@return the Doorbell Stride (DSTRD): bytes from one doorbell to the next, at least 4} */
    public int doorbellStride() {
        return 4 << bits(32, 4);
    }

    /** {@return whether there is an NVM Subsystem Reset (NSSRS)} */
    public boolean nvmSubsystemResetSupported() {
        return bits(36, 1) != 0;
    }

    /**
     * {@return the Command Sets Supported (CSS): bit 0 is the NVM Command Set, bit 6 those of
     * Identify}
     */
    public int commandSetsSupported() {
        return bits(37, 8);
    }

    /**
     * {@return the smallest page size that the host may choose (MPSMIN), in bytes, at least 4096}
     */
    public long memoryPageSizeMinimum() {
        return 1L << (PAGE_SHIFT + bits(48, 4));
    }

    /** {@return the greatest page size that the host may choose (MPSMAX), in bytes} */
    public long memoryPageSizeMaximum() {
        return 1L << (PAGE_SHIFT + bits(52, 4));
    }

    /** {@return whether there is a Persistent Memory Region (PMRS)} */
    public boolean persistentMemoryRegionSupported() {
        return bits(56, 1) != 0;
    }

    /** {@return whether there is a Controller Memory Buffer (CMBS)} */
    public boolean controllerMemoryBufferSupported() {
        return bits(57, 1) != 0;
    }

    private int bits(int first, int count) {
        return (int) (value >>> first) & (1 << count) - 1;
    }
}
