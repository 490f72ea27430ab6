// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.queue.CompletionRecord;
import io.nvme4j.queue.SubmissionRecord;
import io.nvme4j.shim.generated.n4j_completion;
import io.nvme4j.shim.generated.n4j_submission;

import org.junit.jupiter.api.Test;

class NativeLibraryTest {
    @Test
    void theRecordsAreLaidOutAsTheLibrarySays() {
        NativeLibrary.ensureLoaded(); // throws otherwise
        assertEquals(SubmissionRecord.BYTES, n4j_submission.layout().byteSize());
        assertEquals(CompletionRecord.BYTES, n4j_completion.layout().byteSize());
        assertEquals(64, n4j_submission.tag$offset());
        assertEquals(12, n4j_completion.status$offset());
    }

    @Test
    void aFailedCallSaysWhatWasTriedAndWhy() {
        ShimException e =
                assertThrows(
                        ShimException.class, () -> NativeController.attach("trtype:FLOPPY ns:1"));
        assertEquals(Errno.EINVAL, e.errno());
        assertTrue(e.getMessage().contains("FLOPPY"), e.getMessage());
        assertTrue(e.getMessage().contains("EMBEDDED"), e.getMessage());
    }

    @Test
    void malformedTransportIdsAreNamed() {
        for (String id :
                new String[] {"", "trtype", "trtype:", ":EMBEDDED", "trtype:TCP trtype:TCP"}) {
            ShimException e = assertThrows(ShimException.class, () -> NativeController.attach(id));
            assertEquals(Errno.EINVAL, e.errno(), id);
        }
    }
}
