// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import io.nvme4j.cli.text.ByteSize;
import io.nvme4j.spec.SmartLog;

import java.math.BigInteger;

/** What {@code identify} says of a controller's health. */
final class HealthFacts {
    private static final int ZERO_CELSIUS = 273;

    private HealthFacts() {}

    static Facts of(SmartLog log) {
        return new Facts("Health (SMART)")
                .add(
                        "criticalWarning",
                        "Critical Warning",
                        log.criticalWarning(),
                        log.criticalWarning() == 0
                                ? "none"
                                : "%02xh".formatted(log.criticalWarning()))
                .add(
                        "compositeTemperature",
                        "Composite Temperature",
                        log.compositeTemperature(),
                        temperature(log.compositeTemperature()))
                .add(
                        "availableSpare",
                        "Available Spare",
                        log.availableSpare(),
                        log.availableSpare()
                                + " % (threshold "
                                + log.availableSpareThreshold()
                                + " %)")
                .add(
                        "percentageUsed",
                        "Percentage Used",
                        log.percentageUsed(),
                        log.percentageUsed() + " %")
                .add(
                        "dataUnitsRead",
                        "Data Units Read",
                        log.dataUnitsRead(),
                        size(log.dataUnitsRead()))
                .add(
                        "dataUnitsWritten",
                        "Data Units Written",
                        log.dataUnitsWritten(),
                        size(log.dataUnitsWritten()))
                .add("hostReadCommands", "Host Read Commands", log.hostReadCommands())
                .add("hostWriteCommands", "Host Write Commands", log.hostWriteCommands())
                .add("powerCycles", "Power Cycles", log.powerCycles())
                .add("powerOnHours", "Power On Hours", log.powerOnHours())
                .add("unsafeShutdowns", "Unsafe Shutdowns", log.unsafeShutdowns())
                .add(
                        "mediaAndDataIntegrityErrors",
                        "Media and Data Integrity Errors",
                        log.mediaAndDataIntegrityErrors())
                .add(
                        "numberOfErrorInformationLogEntries",
                        "Error Information Log Entries",
                        log.numberOfErrorInformationLogEntries());
    }

    private static String temperature(int kelvins) {
        return kelvins == 0 ? "not reported" : kelvins + " K, " + (kelvins - ZERO_CELSIUS) + " C";
    }

    private static String size(BigInteger units) {
        BigInteger bytes = units.multiply(BigInteger.valueOf(SmartLog.DATA_UNIT_BYTES));
        boolean fits = bytes.bitLength() < Long.SIZE;
        return fits ? units + ", " + ByteSize.format(bytes.longValue()) : units.toString();
    }
}
