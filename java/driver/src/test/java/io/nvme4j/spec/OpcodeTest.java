// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Optional;

class OpcodeTest {
    @Test
    void areTheSpecifications() {
        assertEquals(0x06, AdminOpcode.IDENTIFY.value());
        assertEquals(0x02, AdminOpcode.GET_LOG_PAGE.value());
        assertEquals(0x02, NvmOpcode.READ.value());
        assertEquals(0x09, NvmOpcode.DATASET_MANAGEMENT.value());
        assertEquals(0x07, FeatureIdentifier.NUMBER_OF_QUEUES.value());
        assertEquals(0x02, LogPageIdentifier.SMART_HEALTH.value());
        assertEquals(0x02, IdentifyCns.ACTIVE_NAMESPACES.value());
    }

    @Test
    void areFoundByTheirValue() {
        for (AdminOpcode opcode : AdminOpcode.values()) {
            assertEquals(Optional.of(opcode), AdminOpcode.fromValue(opcode.value()));
        }
        for (NvmOpcode opcode : NvmOpcode.values()) {
            assertEquals(Optional.of(opcode), NvmOpcode.fromValue(opcode.value()));
        }
    }

    @Test
    void unknownOnesAreNone() {
        assertTrue(AdminOpcode.fromValue(0xC0).isEmpty());
        assertTrue(NvmOpcode.fromValue(-1).isEmpty());
    }

    /** Bits 1:0 of an opcode say which way the data goes. */
    @Test
    void directionOfDataIsInTheOpcode() {
        assertEquals(0b10, NvmOpcode.READ.value() & 0b11);
        assertEquals(0b01, NvmOpcode.WRITE.value() & 0b11);
        assertEquals(0b01, NvmOpcode.COMPARE.value() & 0b11);
        assertEquals(0b00, NvmOpcode.FLUSH.value() & 0b11);
        assertEquals(0b10, AdminOpcode.IDENTIFY.value() & 0b11);
    }

    /** Each field's bits are all set but the lowest, and so are those around it. */
    @Test
    void fieldsSayHowMuchDataThereAre() {
        assertEquals("BYTES 0", length(NvmOpcode.VERIFY, 12, -1));
        assertEquals("BLOCKS 65535", length(NvmOpcode.READ, 12, 0xFFFF_FFFEL));
        assertEquals("BYTES 4080", length(NvmOpcode.DATASET_MANAGEMENT, 10, 0xFFFF_FFFEL));
        assertEquals("BYTES 8160", length(NvmOpcode.COPY, 12, 0xFFFF_FFFEL));
        assertEquals("BYTES 16", length(NvmOpcode.RESERVATION_ACQUIRE, 10, -1));
        assertEquals("BYTES 8", length(NvmOpcode.RESERVATION_RELEASE, 10, -1));
        assertEquals("BYTES 17179869180", length(NvmOpcode.RESERVATION_REPORT, 10, -2));
        assertEquals("BYTES 12", length(NvmOpcode.IO_MANAGEMENT_RECEIVE, 11, 2));
        assertEquals("BYTES 131070", length(NvmOpcode.IO_MANAGEMENT_SEND, 10, 0xFFFE_FFFFL));
        assertEquals("BYTES 4096", length(AdminOpcode.IDENTIFY, 10, -1));
        assertEquals("BYTES 4294967296", length(AdminOpcode.GET_LOG_PAGE, 10, 0x3FFF_FFFF_0000L));
        assertEquals("BYTES 512", length(AdminOpcode.GET_LOG_PAGE, 10, 0xFFFF_0000_007F_FFFFL));
        assertEquals("BYTES 12", length(AdminOpcode.FIRMWARE_IMAGE_DOWNLOAD, 10, 2));
        assertEquals("BYTES 12", length(AdminOpcode.GET_LBA_STATUS, 12, 2));
        assertEquals("BYTES 4294967295", length(AdminOpcode.SECURITY_SEND, 11, -1));
        assertEquals("BYTES 4096", length(AdminOpcode.NAMESPACE_MANAGEMENT, 10, 0xF0));
        assertEquals("BYTES 0", length(AdminOpcode.NAMESPACE_MANAGEMENT, 10, 1));
        assertEquals("BYTES_AT_MOST 4096", length(AdminOpcode.GET_FEATURES, 10, -1));
        assertEquals("BYTES_AT_MOST 12", length(AdminOpcode.DIRECTIVE_RECEIVE, 10, 2));
        assertEquals("UNKNOWN 0", length(AdminOpcode.NVME_MI_SEND, 10, -1));
    }

    private static String length(NvmOpcode opcode, int dword, long value) {
        return length(opcode.dataLength(), dword, value);
    }

    private static String length(AdminOpcode opcode, int dword, long value) {
        return length(opcode.dataLength(), dword, value);
    }

    /** Of a command with nothing but a dword, and the next. */
    private static String length(DataLength length, int dword, long value) {
        return length.kind() + " " + length.of(asked -> asked == dword ? value : 0);
    }

    /** What bits 1:0 of an opcode say is what its length says. */
    @Test
    void dataOfNoBytesAreThoseOfOpcodesThatMoveNone() {
        for (NvmOpcode opcode : NvmOpcode.values()) {
            boolean movesNone = (opcode.value() & 0b11) == 0;
            assertEquals(movesNone, opcode.dataLength() == DataLength.NONE, opcode.name());
        }
    }
}
