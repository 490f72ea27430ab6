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
     * @param segment the log page with identifier 02h
     * @return the log page, which later changes of the segment don't change
     * @throws IllegalArgumentException if there are fewer than {@link #BYTES} bytes
     */
    public static SmartLog of(MemorySegment segment) {
        return new SmartLog(
                Structure.copyOf(segment, BYTES, "a SMART / Health Information log page"));
    }

    /**
     * {@return the Critical Warning: bit 0 available spare, 1 temperature, 2 reliability, 3
     * read-only medium, 4 volatile memory backup, 5 persistent memory region; 0 where all is well}
     */
    public int criticalWarning() {
        return structure.u8(0);
    }

    /** {@return the Composite Temperature in kelvins} */
    public int compositeTemperature() {
        return structure.u16(1);
    }

    /** {@return the Available Spare in percent of what there was at first} */
    public int availableSpare() {
        return structure.u8(3);
    }

    /**
     * {@return the Available Spare Threshold in percent: less spare than that sets bit 0 of the
     * Critical Warning}
     */
    public int availableSpareThreshold() {
        return structure.u8(4);
    }

    /**
     * {@return the Percentage Used of the life that the vendor expects; may be above 100, up to
     * 255}
     */
    public int percentageUsed() {
        return structure.u8(5);
    }

    /** {@return the Data Units Read, each {@link #DATA_UNIT_BYTES}; 0 where not reported} */
    public BigInteger dataUnitsRead() {
        return structure.u128(32);
    }

    /** {@return the Data Units Written, each {@link #DATA_UNIT_BYTES}; 0 where not reported} */
    public BigInteger dataUnitsWritten() {
        return structure.u128(48);
    }

    /** {@return how many Host Read Commands the controller has completed} */
    public BigInteger hostReadCommands() {
        return structure.u128(64);
    }

    /** {@return how many Host Write Commands the controller has completed} */
    public BigInteger hostWriteCommands() {
        return structure.u128(80);
    }

    /** {@return the Controller Busy Time in minutes} */
    public BigInteger controllerBusyTime() {
        return structure.u128(96);
    }

    /** {@return how often power was switched on (Power Cycles)} */
    public BigInteger powerCycles() {
        return structure.u128(112);
    }

    /** {@return how many hours power was on (Power On Hours)} */
    public BigInteger powerOnHours() {
        return structure.u128(128);
    }

    /** {@return how often power was lost without a shutdown (Unsafe Shutdowns)} */
    public BigInteger unsafeShutdowns() {
        return structure.u128(144);
    }

    /** {@return how many Media and Data Integrity Errors were not recovered} */
    public BigInteger mediaAndDataIntegrityErrors() {
        return structure.u128(160);
    }

    /** {@return how many Error Information Log Entries there were in the controller's life} */
    public BigInteger numberOfErrorInformationLogEntries() {
        return structure.u128(176);
    }

    /**
     * {@return how many minutes the Composite Temperature was at the warning threshold or above,
     * and below the critical one}
     */
    public long warningCompositeTemperatureTime() {
        return structure.u32(192);
    }

    /**
     * {@return how many minutes the Composite Temperature was at the critical threshold or above}
     */
    public long criticalCompositeTemperatureTime() {
        return structure.u32(196);
    }

    /**
     * {@return what a Temperature Sensor says, in kelvins; 0 for one that isn't there}
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
