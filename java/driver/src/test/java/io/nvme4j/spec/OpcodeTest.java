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
}
