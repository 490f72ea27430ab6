// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;

class LogPageTest {
    @Test
    void smartFieldsAreWhereTheSpecificationHasThem() {
        SmartLog log =
                SmartLog.of(
                        new Image(512)
                                .u8(0, 0x04)
                                .u16(1, 310)
                                .u8(3, 100)
                                .u8(4, 10)
                                .u8(5, 255)
                                .u64(32, 1)
                                .u64(48, 2)
                                .u64(64, 3)
                                .u64(80, 4)
                                .u64(96, 5)
                                .u64(112, 6)
                                .u64(128, 7)
                                .u64(144, 8)
                                .u64(160, 9)
                                .u64(176, 10)
                                .u32(192, 11)
                                .u32(196, 12)
                                .u16(200, 301)
                                .u16(214, 308)
                                .segment());
        assertEquals(4, log.criticalWarning());
        assertEquals(310, log.compositeTemperature());
        assertEquals(100, log.availableSpare());
        assertEquals(10, log.availableSpareThreshold());
        assertEquals(255, log.percentageUsed());
        assertEquals(BigInteger.valueOf(1), log.dataUnitsRead());
        assertEquals(BigInteger.valueOf(2), log.dataUnitsWritten());
        assertEquals(BigInteger.valueOf(3), log.hostReadCommands());
        assertEquals(BigInteger.valueOf(4), log.hostWriteCommands());
        assertEquals(BigInteger.valueOf(5), log.controllerBusyTime());
        assertEquals(BigInteger.valueOf(6), log.powerCycles());
        assertEquals(BigInteger.valueOf(7), log.powerOnHours());
        assertEquals(BigInteger.valueOf(8), log.unsafeShutdowns());
        assertEquals(BigInteger.valueOf(9), log.mediaAndDataIntegrityErrors());
        assertEquals(BigInteger.valueOf(10), log.numberOfErrorInformationLogEntries());
        assertEquals(11, log.warningCompositeTemperatureTime());
        assertEquals(12, log.criticalCompositeTemperatureTime());
        assertEquals(301, log.temperatureSensor(1));
        assertEquals(308, log.temperatureSensor(8));
        assertThrows(IllegalArgumentException.class, () -> log.temperatureSensor(0));
        assertThrows(IllegalArgumentException.class, () -> log.temperatureSensor(9));
    }

    @Test
    void countersHave128Bits() {
        SmartLog log = SmartLog.of(new Image(512).u64(32, -1).u64(40, -1).segment());
        assertEquals(BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE), log.dataUnitsRead());
    }

    @Test
    void errorEntryFieldsAreWhereTheSpecificationHasThem() {
        ErrorLogEntry entry =
                ErrorLogEntry.of(
                        new Image(64)
                                .u64(0, 42)
                                .u16(8, 1)
                                .u16(10, 77)
                                .u16(12, 0x4080 << 1 | 1)
                                .u16(14, 40)
                                .u64(16, 123_456)
                                .u32(24, 1)
                                .u8(28, 0xC0)
                                .u8(29, 3)
                                .u64(32, 99)
                                .segment());
        assertEquals(42, entry.errorCount());
        assertEquals(1, entry.submissionQueueId());
        assertEquals(77, entry.commandId());
        assertTrue(entry.status().is(StatusCode.LBA_OUT_OF_RANGE));
        assertTrue(entry.status().doNotRetry());
        assertEquals(40, entry.parameterErrorLocation());
        assertEquals(123_456, entry.lba());
        assertEquals(1, entry.namespaceId());
        assertEquals(0xC0, entry.vendorSpecificLogPage());
        assertEquals(3, entry.transportType());
        assertEquals(99, entry.commandSpecificInformation());
        assertTrue(entry.isUsed());
    }

    @Test
    void emptyErrorEntryIsNotUsed() {
        assertFalse(ErrorLogEntry.of(new Image(64).segment()).isUsed());
    }

    @Test
    void discoveryFieldsAreWhereTheSpecificationHasThem() {
        DiscoveryLogHeader header =
                DiscoveryLogHeader.of(new Image(1024).u64(0, 77).u64(8, 3).u16(16, 1).segment());
        assertEquals(new DiscoveryLogHeader(77, 3, 1), header);
        DiscoveryLogEntry entry =
                DiscoveryLogEntry.of(
                        new Image(1024)
                                .u8(0, 3)
                                .u8(1, 2)
                                .u8(2, 2)
                                .u8(3, 1)
                                .u16(4, 5)
                                .u16(6, 0xFFFF)
                                .u16(8, 128)
                                .u16(10, 3)
                                .text(32, 32, "4420")
                                .text(256, 223, "nqn.2016-06.io.spdk:cnode1")
                                .text(512, 256, "fe80::1")
                                .segment());
        assertEquals(
                new DiscoveryLogEntry(
                        3,
                        2,
                        2,
                        1,
                        5,
                        0xFFFF,
                        128,
                        3,
                        "4420",
                        "nqn.2016-06.io.spdk:cnode1",
                        "fe80::1"),
                entry);
        assertTrue(entry.isNvmSubsystem());
        assertFalse(DiscoveryLogEntry.of(new Image(1024).u8(2, 3).segment()).isNvmSubsystem());
    }

    @Test
    void tooFewBytesAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> SmartLog.of(MemorySegment.ofArray(new byte[511])));
        assertThrows(
                IllegalArgumentException.class,
                () -> ErrorLogEntry.of(MemorySegment.ofArray(new byte[63])));
    }
}
