// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;

class IdentifyTest {
    @Test
    void controllerNamesAreTrimmed() {
        IdentifyController controller =
                IdentifyController.of(
                        new Image(4096)
                                .text(4, 20, "SN0001")
                                .text(24, 40, "A model with blanks")
                                .text(64, 8, "1.0\u001b[2J")
                                .text(768, 223, "nqn.2016-06.io.spdk:cnode1\0garbage")
                                .segment());
        assertEquals("SN0001", controller.serialNumber());
        assertEquals("A model with blanks", controller.modelNumber());
        assertEquals("1.0?[2J", controller.firmwareRevision());
        assertEquals("nqn.2016-06.io.spdk:cnode1", controller.subsystemQualifiedName());
    }

    @Test
    void controllerNumbersAreWhereTheSpecificationHasThem() {
        IdentifyController controller =
                IdentifyController.of(
                        new Image(4096)
                                .u16(0, 0x1AF4)
                                .u16(2, 0x1100)
                                .u8(77, 5)
                                .u16(78, 0x0123)
                                .u32(80, 0x0001_0400)
                                .u8(111, 1)
                                .u16(256, 0x0008)
                                .u8(258, 3)
                                .u8(259, 4)
                                .u8(261, 0x0F)
                                .u8(262, 63)
                                .u8(263, 31)
                                .u16(266, 343)
                                .u16(268, 353)
                                .u64(280, 7)
                                .u64(304, 1)
                                .u16(320, 10)
                                .u8(512, 0x66)
                                .u8(513, 0x44)
                                .u16(514, 128)
                                .u32(516, 0xFFFF_FFFFL)
                                .u16(520, 0x01AF)
                                .u16(522, 1)
                                .u8(524, 4)
                                .u8(525, 7)
                                .u16(526, 0xFFFF)
                                .u16(528, 0)
                                .u32(536, 0x0010_0001)
                                .u32(540, 1024)
                                .segment());
        assertEquals(0x1AF4, controller.pciVendorId());
        assertEquals(0x1100, controller.pciSubsystemVendorId());
        assertEquals(0x0123, controller.controllerId());
        assertEquals("1.4", controller.version().toString());
        assertEquals(1, controller.controllerType());
        assertEquals(8, controller.optionalAdminCommandSupport());
        assertEquals(4, controller.abortCommandLimit());
        assertEquals(5, controller.asynchronousEventRequestLimit());
        assertEquals(0x0F, controller.logPageAttributes());
        assertEquals(64, controller.errorLogPageEntries());
        assertEquals(32, controller.numberOfPowerStates());
        assertEquals(343, controller.warningCompositeTemperatureThreshold());
        assertEquals(353, controller.criticalCompositeTemperatureThreshold());
        assertEquals(BigInteger.valueOf(7), controller.totalNvmCapacity());
        assertEquals(BigInteger.ONE.shiftLeft(64), controller.unallocatedNvmCapacity());
        assertEquals(1000, controller.keepAliveGranularityMillis());
        assertEquals(64, controller.submissionQueueEntrySize());
        assertEquals(16, controller.completionQueueEntrySize());
        assertEquals(128, controller.maximumOutstandingCommands());
        assertEquals(0xFFFF_FFFFL, controller.numberOfNamespaces());
        assertEquals(1024, controller.maximumNumberOfAllowedNamespaces());
        assertEquals(4, controller.formatNvmAttributes());
        assertEquals(65536, controller.atomicWriteUnitNormal());
        assertEquals(1, controller.atomicWriteUnitPowerFail());
        assertEquals(0x0010_0001, controller.sglSupport());
    }

    @Test
    void controllerCommandsAreBits() {
        IdentifyController none = IdentifyController.of(new Image(4096).segment());
        assertFalse(none.supportsCompare());
        assertFalse(none.hasVolatileWriteCache());
        IdentifyController some =
                IdentifyController.of(
                        new Image(4096).u16(520, 1 | 4 | 256).u8(525, 1).u16(522, 1).segment());
        assertTrue(some.supportsCompare());
        assertFalse(some.supportsWriteUncorrectable());
        assertTrue(some.supportsDatasetManagement());
        assertFalse(some.supportsWriteZeroes());
        assertTrue(some.supportsCopy());
        assertFalse(some.supportsVerify());
        assertFalse(some.supportsReservations());
        assertTrue(some.hasVolatileWriteCache());
        assertTrue(some.supportsFusedCompareAndWrite());
    }

    @Test
    void maximumDataTransferSizeCountsPages() {
        assertEquals(131072, withTransferExponent(5).maximumDataTransferSize(4096));
        assertEquals(262144, withTransferExponent(5).maximumDataTransferSize(8192));
        assertEquals(5, withTransferExponent(5).maximumDataTransferSize());
        assertEquals(Long.MAX_VALUE, withTransferExponent(0).maximumDataTransferSize(4096));
        assertEquals(1L << 62, withTransferExponent(50).maximumDataTransferSize(4096));
        assertEquals(Long.MAX_VALUE, withTransferExponent(51).maximumDataTransferSize(4096));
        assertEquals(Long.MAX_VALUE, withTransferExponent(255).maximumDataTransferSize(4096));
    }

    private static IdentifyController withTransferExponent(int exponent) {
        return IdentifyController.of(new Image(4096).u8(77, exponent).segment());
    }

    @Test
    void namespaceFieldsAreWhereTheSpecificationHasThem() {
        IdentifyNamespace namespace =
                IdentifyNamespace.of(
                        new Image(4096)
                                .u64(0, 1000)
                                .u64(8, 900)
                                .u64(16, 800)
                                .u8(24, 0b1_0111)
                                .u8(25, 1)
                                .u8(26, 0x11)
                                .u8(27, 3)
                                .u8(28, 0x1F)
                                .u8(29, 0x9)
                                .u8(30, 1)
                                .u8(33, 0x9)
                                .u16(34, 7)
                                .u16(36, 0)
                                .u16(40, 31)
                                .u16(42, 5)
                                .u16(44, 0)
                                .u16(46, 256)
                                .u64(48, 123)
                                .u16(64, 7)
                                .u16(66, 3)
                                .u16(68, 15)
                                .u16(70, 31)
                                .u16(72, 63)
                                .u8(99, 1)
                                .u8(104, 0xAB)
                                .u8(119, 0x01)
                                .u8(120, 0xCD)
                                .u8(127, 0x02)
                                .u32(128, 9 << 16)
                                .u32(132, 2 << 24 | 12 << 16 | 8)
                                .segment());
        assertEquals(1000, namespace.size());
        assertEquals(900, namespace.capacity());
        assertEquals(800, namespace.utilization());
        assertTrue(namespace.isThinProvisioned());
        assertTrue(namespace.reportsDeallocatedBlocks());
        assertTrue(namespace.hasOptimalPerformanceFields());
        assertEquals(
                List.of(new LbaFormat(0, 512, 0, 0), new LbaFormat(1, 4096, 8, 2)),
                namespace.lbaFormats());
        assertEquals(new LbaFormat(1, 4096, 8, 2), namespace.format());
        assertTrue(namespace.transfersMetadataWithData());
        assertEquals(3, namespace.metadataCapabilities());
        assertEquals(0x1F, namespace.dataProtectionCapabilities());
        assertEquals(1, namespace.protectionInformationType());
        assertTrue(namespace.isProtectionInformationFirst());
        assertTrue(namespace.isShared());
        assertEquals(1, namespace.deallocatedReadBehavior());
        assertTrue(namespace.writeZeroesDeallocates());
        assertEquals(8, namespace.atomicWriteUnitNormal());
        assertEquals(0, namespace.atomicWriteUnitPowerFail(), "0 is the controller's");
        assertEquals(32, namespace.atomicBoundarySizeNormal());
        assertEquals(5, namespace.atomicBoundaryOffset());
        assertEquals(0, namespace.atomicBoundarySizePowerFail());
        assertEquals(256, namespace.optimalIoBoundary());
        assertEquals(BigInteger.valueOf(123), namespace.nvmCapacity());
        assertEquals(8, namespace.preferredWriteGranularity());
        assertEquals(4, namespace.preferredWriteAlignment());
        assertEquals(16, namespace.preferredDeallocateGranularity());
        assertEquals(32, namespace.preferredDeallocateAlignment());
        assertEquals(64, namespace.optimalWriteSize());
        assertTrue(namespace.isWriteProtected());
        assertEquals("ab000000000000000000000000000001", namespace.globallyUniqueIdentifier());
        assertEquals("cd00000000000002", namespace.extendedUniqueIdentifier());
    }

    @Test
    void fieldsThatTheNamespaceDoesNotReportAreZero() {
        IdentifyNamespace namespace =
                IdentifyNamespace.of(new Image(4096).u16(34, 7).u16(64, 7).segment());
        assertEquals(0, namespace.atomicWriteUnitNormal());
        assertEquals(0, namespace.preferredWriteGranularity());
        assertEquals("", namespace.globallyUniqueIdentifier());
        assertEquals("", namespace.extendedUniqueIdentifier());
        assertFalse(namespace.format().isAvailable());
    }

    @Test
    void upperBitsOfTheFormatIndexCountOnlyAboveSixteenFormats() {
        assertEquals(2, formatIndex(15, 0x62));
        assertEquals(0x32, formatIndex(16, 0x62));
        assertEquals(63, formatIndex(63, 0x6F));
        assertEquals(16, formatIndex(63, 0x30));
    }

    private static int formatIndex(int formatsLessOne, int formattedLbaSize) {
        return IdentifyNamespace.of(
                        new Image(4096).u8(25, formatsLessOne).u8(26, formattedLbaSize).segment())
                .format()
                .index();
    }

    @Test
    void blocksSmallerThan512AreNoFormat() {
        assertFalse(LbaFormat.of(0, 8 << 16).isAvailable());
        assertFalse(LbaFormat.of(0, 63 << 16).isAvailable());
        assertEquals(512, LbaFormat.of(0, 9 << 16).dataSize());
    }

    @Test
    void activeNamespaceListEndsAtTheFirstZero() {
        ActiveNamespaceList list =
                ActiveNamespaceList.of(new Image(4096).u32(0, 1).u32(4, 5).u32(12, 9).segment());
        assertEquals(List.of(1, 5), list.identifiers());
        assertFalse(list.isFull());
    }

    @Test
    void activeNamespaceListMayBeFull() {
        Image image = new Image(4096);
        IntStream.range(0, 1024).forEach(entry -> image.u32(entry * 4, entry + 1));
        ActiveNamespaceList list = ActiveNamespaceList.of(image.segment());
        assertEquals(1024, list.identifiers().getLast());
        assertTrue(list.isFull());
    }

    @Test
    void structuresAreCopies() {
        MemorySegment segment = new Image(4096).u64(0, 10).segment();
        IdentifyNamespace namespace = IdentifyNamespace.of(segment);
        segment.fill((byte) 0xFF);
        assertEquals(10, namespace.size());
    }

    @Test
    void tooFewBytesAreRefused() {
        MemorySegment segment = MemorySegment.ofArray(new byte[4095]);
        assertThrows(IllegalArgumentException.class, () -> IdentifyController.of(segment));
        assertThrows(IllegalArgumentException.class, () -> IdentifyNamespace.of(segment));
        assertThrows(IllegalArgumentException.class, () -> ActiveNamespaceList.of(segment));
    }

    @Property(tries = 200)
    void anyBytesCanBeRead(@ForAll @Size(4096) byte[] bytes) throws ReflectiveOperationException {
        MemorySegment segment = MemorySegment.ofArray(bytes);
        callAll(IdentifyController.of(segment));
        callAll(IdentifyNamespace.of(segment));
        callAll(ActiveNamespaceList.of(segment));
        callAll(SmartLog.of(segment));
        callAll(ErrorLogEntry.of(segment));
    }

    private static void callAll(Object structure) throws ReflectiveOperationException {
        for (Method method : structure.getClass().getDeclaredMethods()) {
            boolean accessor =
                    Modifier.isPublic(method.getModifiers())
                            && !Modifier.isStatic(method.getModifiers())
                            && method.getParameterCount() == 0;
            if (accessor) {
                method.invoke(structure);
            }
        }
    }
}
