// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;

/** SMART / Health Information log page (Base Specification, log page identifier 02h). */
public final class SmartLog {
    /** Size of the log page in bytes. */
    public static final int BYTES = 512;

    /** Bytes in one of the units that data read and written are counted in: 1000 of 512 bytes. */
    public static final long DATA_UNIT_BYTES = 512_000;

    private static final int TEMPERATURE_SENSORS = 8;

    private final Structure structure;

    private SmartLog(Structure structure) {
        this.structure = structure;
    }

    /**
     * Copies the log page.
     *
     * @throws IllegalArgumentException if there are fewer than {@link #BYTES} bytes
     */
    public static SmartLog of(MemorySegment segment) {
        return new SmartLog(
                Structure.copyOf(segment, BYTES, "a SMART / Health Information log page"));
    }

    /**
     * Critical Warning: bit 0 available spare, 1 temperature, 2 reliability, 3 read-only medium, 4
     * volatile memory backup, 5 persistent memory region; 0 where all is well.
     */
    public int criticalWarning() {
        return structure.u8(0);
    }

    /** Composite Temperature in kelvins. */
    public int compositeTemperature() {
        return structure.u16(1);
    }

    /** Available Spare in percent of what there was at first. */
    public int availableSpare() {
        return structure.u8(3);
    }

    /** Available Spare Threshold in percent. */
    public int availableSpareThreshold() {
        return structure.u8(4);
    }

    /** Percentage Used of the life that the vendor expects; may be above 100, up to 255. */
    public int percentageUsed() {
        return structure.u8(5);
    }

    /** Data Units Read, each {@link #DATA_UNIT_BYTES}; 0 where not reported. */
    public BigInteger dataUnitsRead() {
        return structure.u128(32);
    }

    /** Data Units Written, each {@link #DATA_UNIT_BYTES}; 0 where not reported. */
    public BigInteger dataUnitsWritten() {
        return structure.u128(48);
    }

    /** Host Read Commands completed. */
    public BigInteger hostReadCommands() {
        return structure.u128(64);
    }

    /** Host Write Commands completed. */
    public BigInteger hostWriteCommands() {
        return structure.u128(80);
    }

    /** Controller Busy Time in minutes. */
    public BigInteger controllerBusyTime() {
        return structure.u128(96);
    }

    /** Power Cycles. */
    public BigInteger powerCycles() {
        return structure.u128(112);
    }

    /** Power On Hours. */
    public BigInteger powerOnHours() {
        return structure.u128(128);
    }

    /** Unsafe Shutdowns (Unexpected Power Losses). */
    public BigInteger unsafeShutdowns() {
        return structure.u128(144);
    }

    /** Media and Data Integrity Errors that were not recovered. */
    public BigInteger mediaAndDataIntegrityErrors() {
        return structure.u128(160);
    }

    /** Number of Error Information Log Entries in the controller's life. */
    public BigInteger numberOfErrorInformationLogEntries() {
        return structure.u128(176);
    }

    /** Warning Composite Temperature Time in minutes. */
    public long warningCompositeTemperatureTime() {
        return structure.u32(192);
    }

    /** Critical Composite Temperature Time in minutes. */
    public long criticalCompositeTemperatureTime() {
        return structure.u32(196);
    }

    /**
     * Temperature Sensor in kelvins; 0 for one that isn't there.
     *
     * @param number 1 to 8
     */
    public int temperatureSensor(int number) {
        if (number < 1 || number > TEMPERATURE_SENSORS) {
            throw new IllegalArgumentException("temperature sensors are 1 to 8, not " + number);
        }
        return structure.u16(200 + (number - 1) * Short.BYTES);
    }
}
