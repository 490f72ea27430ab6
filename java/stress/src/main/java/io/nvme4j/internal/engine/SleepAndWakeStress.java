// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

import java.util.concurrent.atomic.AtomicBoolean;

/** A reactor doesn't sleep through what is published, or is woken. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "it sleeps, and nobody wakes it")
@Outcome(expect = Expect.ACCEPTABLE, desc = "it saw the work, or is woken, or both")
@State
public class SleepAndWakeStress {
    private final Idler idler = Idler.sleeping();
    private final AtomicBoolean work = new AtomicBoolean();

    /** The reactor. */
    @Actor
    public void sleep(ZZ_Result result) {
        result.r1 = idler.fallAsleep(work::getAcquire);
    }

    /** A publisher. */
    @Actor
    public void publish(ZZ_Result result) {
        work.setRelease(true);
        result.r2 = idler.isAsleep();
    }
}
