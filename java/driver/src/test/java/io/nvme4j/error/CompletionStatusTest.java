// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.spec.Status;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

class CompletionStatusTest {
    /** Status Code Type in bits 10:8, Do Not Retry in bit 14. */
    private static final int MEDIA = 2 << 8;

    private static final int DO_NOT_RETRY = 1 << 14;

    @Property
    void anErrnoComesBack(@ForAll @IntRange(min = 1, max = 0xFFFF) int errno) {
        int status = CompletionStatus.ofErrno(errno);
        assertEquals(errno, CompletionStatus.errno(status));
        assertTrue(CompletionStatus.answer(status).isSuccess());
        assertEquals(
                errno, assertInstanceOf(ShimException.class, CommandException.of(status)).errno());
    }

    @Property
    void anAnswerComesBackAndIsRetriedUnlessItSaysNot(
            @ForAll @IntRange(min = 1, max = 0x7FFF) int field) {
        assertEquals(0, CompletionStatus.errno(field));
        assertEquals(new Status(field), CompletionStatus.answer(field));
        CommandException e = assertInstanceOf(CommandException.class, CommandException.of(field));
        assertEquals(new Status(field), e.status());
        assertEquals((field & DO_NOT_RETRY) == 0, e.isRetryable());
        assertEquals((field & 7 << 8) == MEDIA, e instanceof MediaException);
    }

    @Test
    void whatItMeansForTheCallerHasATypeOfItsOwn() {
        assertInstanceOf(CommandTimeoutException.class, ofErrno(Errno.ETIMEDOUT));
        assertInstanceOf(CommandCancelledException.class, ofErrno(Errno.ECANCELED));
        assertInstanceOf(ControllerLostException.class, ofErrno(Errno.ENXIO));
        assertEquals(ShimException.class, ofErrno(Errno.EINVAL).getClass());
        assertTrue(new RingFullException().isRetryable());
    }

    private static NvmeException ofErrno(int errno) {
        return CommandException.of(CompletionStatus.ofErrno(errno));
    }

    @Test
    void whatIsNoErrnoIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> CompletionStatus.ofErrno(0));
        assertThrows(IllegalArgumentException.class, () -> CompletionStatus.ofErrno(-5));
        assertThrows(IllegalArgumentException.class, () -> CompletionStatus.ofErrno(1 << 16));
    }
}
