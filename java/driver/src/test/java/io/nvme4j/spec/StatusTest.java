// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

class StatusTest {
    private static final int DO_NOT_RETRY = 1 << 14;
    private static final int MORE = 1 << 13;

    @Test
    void hasTheSpecificationsNames() {
        assertEquals("Successful Completion", Status.of(0).name());
        assertEquals("LBA Out of Range", Status.of(0x080).name());
        assertEquals("PRP Offset Invalid", Status.of(0x013).name());
        assertEquals("Invalid Queue Size", Status.of(0x102).name());
        assertEquals("Zone Invalid Write", Status.of(0x1BC).name());
        assertEquals("Compare Failure", Status.of(0x285).name());
        assertEquals("Command Aborted By Host", Status.of(0x371).name());
    }

    @Test
    void saysTypeCodeAndFlags() {
        assertEquals(
                "LBA Out of Range (SCT 0h, SC 80h, DNR)",
                Status.of(0x080 | DO_NOT_RETRY).toString());
        assertEquals("Compare Failure (SCT 2h, SC 85h, M)", Status.of(0x285 | MORE).toString());
    }

    @Test
    void readsEveryField() {
        Status status = Status.of(0b1_0_10_011_01110000);
        assertEquals(0x70, status.code());
        assertEquals(3, status.type());
        assertEquals(2, status.commandRetryDelay());
        assertFalse(status.more());
        assertTrue(status.doNotRetry());
        assertTrue(status.is(StatusCode.HOST_PATHING_ERROR));
    }

    @Test
    void onlyTypeAndCodeDecideOnSuccess() {
        assertTrue(Status.of(DO_NOT_RETRY | MORE).isSuccess());
        assertFalse(Status.of(0x100).isSuccess());
        assertTrue(Status.of(0).is(StatusCode.SUCCESSFUL_COMPLETION));
    }

    @Test
    void namesUnknownOnes() {
        assertEquals("Unknown Generic Command Status", Status.of(0x017).name());
        assertEquals("Unknown Status", Status.of(0x400).name());
        assertEquals("", Status.of(0x017).hint());
    }

    @Test
    void namesVendorsOnes() {
        assertEquals("Vendor Specific Status", Status.of(0x712).name());
        assertEquals("Vendor Specific Media and Data Integrity Error", Status.of(0x2C1).name());
        assertTrue(Status.of(0x712).hint().contains("vendor"));
    }

    @Test
    void eachTypeAndCodeIsThereOnce() {
        Set<Integer> seen = new HashSet<>();
        for (StatusCode code : StatusCode.values()) {
            assertTrue(seen.add(code.type().value() << 8 | code.code()), code.title());
        }
    }

    @Test
    void everyErrorHasAHint() {
        for (StatusCode code : StatusCode.values()) {
            assertEquals(code == StatusCode.SUCCESSFUL_COMPLETION, code.hint().isEmpty());
        }
    }

    @Test
    void fieldsOfOtherWidthsAreCut() {
        assertEquals(Status.of(0x080), Status.of(0xFFFF_8080));
    }

    @Property(tries = 1000)
    void anyNumberIsAStatus(@ForAll int field) {
        Status status = Status.of(field);
        assertFalse(status.name().isEmpty());
        assertEquals(status.isSuccess(), status.is(StatusCode.SUCCESSFUL_COMPLETION));
        assertEquals(status.toString(), Status.of(field & 0x7FFF).toString());
    }
}
