// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.internal.bytes.Claim;
import io.nvme4j.internal.bytes.RangeLocks;
import io.nvme4j.internal.bytes.Scratch;

import org.junit.jupiter.api.Test;

/** What a write has claimed is free when its caller and all its commands have ended. */
class ClaimTest {
    @Test
    void aClaimOutlivesACallerWhoNoLongerWaits() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M")) {
            Scratch scratch = new Scratch(controller, 1024);
            RangeLocks locks = new RangeLocks();
            Claim claim = claim(locks, scratch);
            assertNotNull(claim.acquire(0));
            Awaited late = new Awaited(claim);
            Awaited early = new Awaited(claim);
            early.onCompletion(0, 7, 0);
            assertTrue(early.await(0));
            assertEquals(7, early.status());
            assertFalse(late.await(0));
            claim.leave();
            assertNull(locks.lock(3, 3, 0), "its command may still write");
            assertFalse(late.beginCopy(), "its caller's memory is the caller's again");
            late.onCompletion(0, 0, 0);
            assertNotNull(locks.lock(3, 3, 0));
            scratch.leave();
        }
    }

    @Test
    void scratchIsFreedWhenTheEngineIsClosedAndTheLastBufferIsBack() {
        Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
        Scratch scratch = new Scratch(controller, 1024);
        Claim claim = claim(new RangeLocks(), scratch);
        var buffer = claim.acquire(0);
        assertNotNull(buffer);
        scratch.leave();
        assertTrue(buffer.isAlive());
        claim.leave();
        assertFalse(buffer.isAlive());
        assertThrows(IllegalStateException.class, () -> scratch.acquire(0));
        controller.close();
    }

    private static Claim claim(RangeLocks locks, Scratch scratch) {
        RangeLocks.Range range = locks.lock(3, 3, 0);
        assertNotNull(range);
        return new Claim(locks, range, scratch);
    }
}
