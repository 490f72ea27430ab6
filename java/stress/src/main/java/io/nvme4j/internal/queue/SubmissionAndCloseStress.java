// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.memory.Closings;
import io.nvme4j.internal.memory.ClosingsAccess;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

import java.util.function.Consumer;

/** A command is submitted, or its memory closed, but never both. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "submitted, not closed")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "closed, not submitted")
@Outcome(expect = Expect.FORBIDDEN, desc = "the device writes to freed memory, or nobody won")
@State
public class SubmissionAndCloseStress {
    private final MappedMemory memory = MappedMemory.untranslated(0, 4096);
    private final SlotUses uses = new SlotUses(1);
    private final Closings closings = new Closings();
    private final Closings.Watch watch = closings.watch();

    /** A queue that has submitted before. */
    public SubmissionAndCloseStress() {
        closings.add(new Uses());
        watch.settle();
    }

    private final class Uses implements Closings.User {
        @Override
        public int countUses(MappedMemory one) {
            return uses.count(one);
        }

        @Override
        public void forEachUse(Consumer<MappedMemory> found) {
            uses.forEach(found);
        }
    }

    /** The queue's thread. */
    @Actor
    public void submit(ZZ_Result result) {
        uses.set(0, memory);
        boolean alive = true;
        if (watch.mayHaveClosed()) {
            watch.settle();
            alive = uses.isAlive(0);
        }
        result.r1 = alive;
    }

    /** Any other. */
    @Actor
    public void close(ZZ_Result result) {
        result.r2 = ClosingsAccess.close(closings, memory);
    }
}
