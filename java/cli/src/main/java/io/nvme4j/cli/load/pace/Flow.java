// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.pace;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the numbers of commands of several sources in proportion to their weights. For any threads;
 * a {@link Share} is for one.
 */
public final class Flow {
    private final AtomicLong issued = new AtomicLong();
    private double weight;

    /** A source's part in it, from its first command on. */
    public final class Share {
        private final double own;
        private long count;
        private boolean joined;

        private Share(double own) {
            this.own = own;
        }

        /** Whether it has had more than its share of the commands. */
        boolean isAhead() {
            if (!joined) {
                join(own);
                joined = true;
            }
            return count * weight() > own * (issued.get() + 1);
        }

        void issued() {
            count++;
            issued.incrementAndGet();
        }

        /** The others go on without it. */
        void leave() {
            if (joined) {
                join(-own);
                issued.addAndGet(-count);
                joined = false;
            }
        }
    }

    public Share share(double own) {
        return new Share(own);
    }

    private synchronized void join(double more) {
        weight += more;
    }

    private synchronized double weight() {
        return weight;
    }
}
