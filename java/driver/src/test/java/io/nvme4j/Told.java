// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.engine.Engine;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** A handler of one command, told of it once at most, that does as handlers shouldn't. */
final class Told implements CompletionHandler {
    /** What handlers throw; nobody but the callers' own code may be surprised by it. */
    static final class Thrown extends RuntimeException {
        private static final long serialVersionUID = 1;

        Thrown() {
            super("a handler's", null, false, false);
        }
    }

    private final Hoard hoard;
    private final Engine engine;
    private final long number;
    private volatile String first = "";
    private final AtomicInteger times = new AtomicInteger();

    Told(Hoard hoard, Engine engine, long number) {
        this.hoard = hoard;
        this.engine = engine;
        this.number = number;
    }

    boolean wasTold() {
        return times.get() > 0;
    }

    @Override
    public void onCompletion(long tag, int status, int result) {
        String how = "status %x by %s".formatted(status, Hoard.stackOf(new Throwable()));
        if (times.incrementAndGet() > 1) {
            hoard.fault("told of " + this + " with " + first + ", then with " + how);
        }
        first = how;
        Random random = new Random(number);
        switch (random.nextInt(20)) {
            case 0 -> throw new Thrown();
            case 1 -> closeEngine();
            case 2, 3 -> new AnyCaller(hoard, random, () -> false).callFromHandler(engine);
            default -> {
                // Nothing wrong with it.
            }
        }
    }

    private void closeEngine() {
        try {
            engine.close();
            hoard.fault("a handler closed its own engine");
        } catch (IllegalStateException e) {
            // As it should be.
        }
    }

    @Override
    public String toString() {
        return "command " + number;
    }
}
