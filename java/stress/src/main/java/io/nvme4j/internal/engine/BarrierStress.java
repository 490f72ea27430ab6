// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.util.concurrent.atomic.AtomicInteger;

/** Of a lane that arrives and one that refuses, the last tells the caller of the refusal. */
@JCStressTest
@Outcome(id = "1, 7", expect = Expect.ACCEPTABLE, desc = "told once, of the failure")
@Outcome(expect = Expect.FORBIDDEN, desc = "told twice, never, or of success")
@State
public class BarrierStress {
    private static final int FAILURE = 7;

    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger status = new AtomicInteger();
    private final Barrier barrier = new Barrier(2, (tag, failure, result) -> tell(failure));

    private void tell(int failure) {
        told.incrementAndGet();
        status.addAndGet(failure);
    }

    /** A lane without anything in flight. */
    @Actor
    public void arriving() {
        if (barrier.arrive()) {
            tell(barrier.failure());
        }
    }

    /** A lane that has failed. */
    @Actor
    public void refusing() {
        barrier.onCompletion(0, FAILURE, 0);
    }

    /** When both have. */
    @Arbiter
    public void sum(II_Result result) {
        result.r1 = told.get();
        result.r2 = status.get();
    }
}
