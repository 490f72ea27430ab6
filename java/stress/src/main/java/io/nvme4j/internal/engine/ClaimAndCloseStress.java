// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.internal.queue.RecordArray;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZJ_Result;

/** What was let into a ring that is being closed is seen by the reactor that waits for its end. */
public class ClaimAndCloseStress {
    private static final int SIZE = 2;
    private static final RecordArray RECORDS = RecordArray.ofSubmissions(SIZE);
    private static final Reactor REACTOR =
            new Reactor("never started", Reactor.ANYWHERE, Idler.spinning());

    private ClaimAndCloseStress() {}

    private static boolean publish(LaneRing ring) {
        try {
            Request request = ring.claim(0);
            if (request != null) {
                ring.publish(request);
            }
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static long close(LaneRing ring) {
        ring.close();
        return ring.cursor();
    }

    /** A ring that many threads may publish to. */
    @JCStressTest
    @Outcome(id = "true, 0", expect = Expect.ACCEPTABLE, desc = "let in, and waited for")
    @Outcome(id = "false, .*", expect = Expect.ACCEPTABLE, desc = "refused")
    @Outcome(expect = Expect.FORBIDDEN, desc = "let in, and never told of")
    @State
    public static class MultiProducer {
        private final LaneRing ring = new LaneRing(0, RECORDS, SIZE, false, REACTOR);

        /** Who submits. */
        @Actor
        public void publish(ZJ_Result result) {
            result.r1 = ClaimAndCloseStress.publish(ring);
        }

        /** Who closes, and then the reactor. */
        @Actor
        public void close(ZJ_Result result) {
            result.r2 = ClaimAndCloseStress.close(ring);
        }
    }

    /** A ring that one thread publishes to. */
    @JCStressTest
    @Outcome(id = "true, 0", expect = Expect.ACCEPTABLE, desc = "let in, and waited for")
    @Outcome(id = "false, .*", expect = Expect.ACCEPTABLE, desc = "refused")
    @Outcome(expect = Expect.FORBIDDEN, desc = "let in, and never told of")
    @State
    public static class SingleProducer {
        private final LaneRing ring = new LaneRing(0, RECORDS, SIZE, true, REACTOR);

        /** Who submits. */
        @Actor
        public void publish(ZJ_Result result) {
            result.r1 = ClaimAndCloseStress.publish(ring);
        }

        /** Who closes, and then the reactor. */
        @Actor
        public void close(ZJ_Result result) {
            result.r2 = ClaimAndCloseStress.close(ring);
        }
    }
}
