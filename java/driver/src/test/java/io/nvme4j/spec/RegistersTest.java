// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

class RegistersTest {
    @Test
    void capabilitiesFieldByField() {
        assertEquals(1024, new ControllerCapabilities(1023).maximumQueueEntriesSupported());
        assertEquals(65536, new ControllerCapabilities(0xFFFF).maximumQueueEntriesSupported());
        assertTrue(new ControllerCapabilities(1L << 16).contiguousQueuesRequired());
        assertEquals(7500, new ControllerCapabilities(15L << 24).timeoutMillis());
        assertEquals(4, new ControllerCapabilities(0).doorbellStride());
        assertEquals(64, new ControllerCapabilities(4L << 32).doorbellStride());
        assertTrue(new ControllerCapabilities(1L << 36).nvmSubsystemResetSupported());
        assertEquals(0x41, new ControllerCapabilities(0x41L << 37).commandSetsSupported());
        assertEquals(8192, new ControllerCapabilities(1L << 48).memoryPageSizeMinimum());
        assertEquals(1 << 27, new ControllerCapabilities(15L << 52).memoryPageSizeMaximum());
        assertTrue(new ControllerCapabilities(1L << 56).persistentMemoryRegionSupported());
        assertTrue(new ControllerCapabilities(1L << 57).controllerMemoryBufferSupported());
    }

    @Test
    void neighbouringBitsAreNotRead() {
        ControllerCapabilities others = new ControllerCapabilities(~(0xFFL << 24));
        assertEquals(0, others.timeoutMillis());
        assertFalse(new ControllerCapabilities(~(1L << 36)).nvmSubsystemResetSupported());
        assertEquals(4096, new ControllerCapabilities(~(15L << 48)).memoryPageSizeMinimum());
    }

    @Property(tries = 1000)
    void anyCapabilitiesAreInRange(@ForAll long value) {
        ControllerCapabilities capabilities = new ControllerCapabilities(value);
        assertTrue(capabilities.maximumQueueEntriesSupported() > 0);
        assertTrue(capabilities.memoryPageSizeMinimum() >= 4096);
        assertTrue(capabilities.doorbellStride() >= 4);
    }

    @Test
    void versionLeavesOutAnEmptyTertiary() {
        assertEquals("1.4", new Version(0x0001_0400).toString());
        assertEquals("1.2.1", new Version(0x0001_0201).toString());
        assertEquals("2.1", Version.of(2, 1, 0).toString());
    }

    @Test
    void versionsAreOrdered() {
        assertTrue(Version.of(1, 4, 0).compareTo(Version.of(1, 2, 1)) > 0);
        assertTrue(Version.of(2, 0, 0).compareTo(Version.of(1, 4, 0)) > 0);
    }
}
