// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Of two slices, one is out at first; two threads take, give back and reclaim. None is lost. */
@JCStressTest
@Outcome(id = "true, true, 2", expect = Expect.ACCEPTABLE, desc = "each has had a slice of its own")
@Outcome(expect = Expect.FORBIDDEN, desc = "a slice was lost, or out twice")
@State
public class SliceStatesStress {
    private final SliceStates states = new SliceStates(2);
    private final int first = states.take();
    private final int[] owners = new int[2];

    /** Gives the first back and takes another. */
    @Actor
    public void giveBackAndTake(ZZI_Result result) {
        states.giveBack(first);
        states.reclaim(states.takeGivenBack(), number -> false);
        result.r1 = use();
    }

    /** Takes one and gives it back. */
    @Actor
    public void take(ZZI_Result result) {
        result.r2 = use();
    }

    /** Whether there was one, which nobody else had. */
    private boolean use() {
        int number = states.take();
        if (number == SliceStates.NONE) {
            return false;
        }
        owners[number]++; // no two threads do so at once
        boolean isAlone = owners[number] == 1;
        owners[number]--;
        return states.giveBack(number) && isAlone;
    }

    /** All are there in the end. */
    @Arbiter
    public void count(ZZI_Result result) {
        states.reclaim(states.takeGivenBack(), number -> false);
        int count = 0;
        boolean[] seen = new boolean[2];
        for (int number = states.take();
                number != SliceStates.NONE && !seen[number];
                number = states.take()) {
            seen[number] = true;
            count++;
        }
        result.r3 = count;
    }
}
