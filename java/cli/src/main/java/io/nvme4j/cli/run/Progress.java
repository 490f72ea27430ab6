// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run;

import io.nvme4j.cli.result.Latencies;
import io.nvme4j.cli.result.Measured;
import io.nvme4j.cli.result.Tally;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A line on the terminal that says how a run goes. Nothing where stderr is no terminal. */
public final class Progress {
    private static final String ERASE_LINE = "\r\u001b[K";
    private static final long REFRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final PrintWriter err;
    private final boolean isTerminal;
    private final int seconds;
    private final long start = System.nanoTime();

    /* Since the line was last written. */
    private final Latencies latencies = new Latencies();
    private long bytes;
    private boolean isWarmUp;
    private long lastTime = start;

    /**
     * @param seconds length of the run, warm-up and all; 0 where that isn't known
     */
    Progress(PrintWriter err, int seconds) {
        this.err = err;
        this.isTerminal =
                isTerminal(Path.of("/proc/self/fd/2")) && !"dumb".equals(System.getenv("TERM"));
        this.seconds = seconds;
    }

    public static boolean isTerminal(Path descriptor) {
        try {
            String file = Files.readSymbolicLink(descriptor).toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    /** Something was measured. */
    void add(Tally tally) {
        if (isTerminal) {
            for (Measured measured : tally.directions()) {
                latencies.add(measured.total());
                bytes += measured.bytes();
            }
            isWarmUp = tally.isWarmUp();
        }
    }

    /** Writes the line, if it is time to. */
    void show() {
        long now = System.nanoTime();
        if (isTerminal && now - lastTime >= REFRESH_NANOS) {
            err.print(ERASE_LINE + line((now - start) / 1e9, (now - lastTime) / 1e9));
            err.flush();
            latencies.reset();
            bytes = 0;
            lastTime = now;
        }
    }

    private String line(double runSeconds, double span) {
        return String.format(
                Locale.ROOT,
                "%3.0f%s s  %,.0f IOPS  %,.0f MiB/s  p99 %,.1f us%s",
                runSeconds,
                seconds == 0 ? "" : " of " + seconds,
                latencies.count() / span,
                bytes / span / (1 << 20),
                latencies.percentile(99) / 1e3,
                isWarmUp ? "  (warm-up)" : "");
    }

    /** Takes the line away. */
    void clear() {
        if (isTerminal) {
            err.print(ERASE_LINE);
            err.flush();
        }
    }
}
