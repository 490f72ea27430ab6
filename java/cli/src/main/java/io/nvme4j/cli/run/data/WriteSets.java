// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import java.util.concurrent.atomic.AtomicInteger;

/** Numbers for those who make data, so that no two make the same; those that share come first. */
public final class WriteSets {
    private final AtomicInteger shared = new AtomicInteger();
    private final AtomicInteger others = new AtomicInteger();

    /** The number of another one. */
    int add(boolean isShared) {
        return isShared ? shared.getAndIncrement() : -others.incrementAndGet();
    }

    /** How many share: their numbers are below. */
    int shared() {
        return shared.get();
    }
}
