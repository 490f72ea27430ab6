// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A line on the terminal that says how far a run is. Nothing where stderr is no terminal. */
final class Progress {
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean isTerminal;
    private final LongSupplier completed;
    private final long ioSize;
    private final int seconds;
    private final long start = System.nanoTime();

    private long lastTime = start;
    private long lastCompleted;

    /**
     * @param seconds length of the run, warm-up and all
     * @param completed commands that have completed so far
     */
    Progress(PrintWriter err, int seconds, long ioSize, LongSupplier completed) {
        this.err = err;
        this.isTerminal = isTerminal(Path.of("/proc/self/fd/2"));
        this.completed = completed;
        this.ioSize = ioSize;
        this.seconds = seconds;
    }

    static boolean isTerminal(Path descriptor) {
        try {
            String file = Files.readSymbolicLink(descriptor).toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    /** Shows what was done since the last call. */
    void show() {
        if (isTerminal) {
            long now = System.nanoTime();
            long done = completed.getAsLong();
            double iops = (done - lastCompleted) * 1e9 / Math.max(1, now - lastTime);
            err.printf(
                    Locale.ROOT,
                    "%s%3.0f of %d s  %,.0f IOPS  %,.0f MiB/s",
                    ERASE_LINE,
                    (now - start) / 1e9,
                    seconds,
                    iops,
                    iops * ioSize / (1 << 20));
            err.flush();
            lastTime = now;
            lastCompleted = done;
        }
    }

    /** Takes the line away. */
    void clear() {
        if (isTerminal) {
            err.print(ERASE_LINE);
            err.flush();
        }
    }
}
