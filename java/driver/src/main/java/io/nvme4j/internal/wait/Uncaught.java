// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.wait;

/**
 * Exceptions on threads that go on: the handler of the thread is told of them, as of any that
 * nobody catches, and one caller's mistake doesn't end what others depend on.
 */
public final class Uncaught {
    private Uncaught() {}

    /** Tells the handler of the calling thread. */
    public static void tell(Throwable e) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }

    /** Runs what a caller has left here. */
    public static void run(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            tell(e);
        }
    }
}
