// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel counts of a thread.
 *
 * @param contextSwitches it was taken off its processor, or gave it up
 * @param majorFaults page faults that needed a device
 * @param minorFaults page faults that did not
 */
public record ThreadCounters(long contextSwitches, long majorFaults, long minorFaults) {
    public static final ThreadCounters NONE = new ThreadCounters(0, 0, 0);

    /* Places after the name in parentheses, which may have blanks in it. */
    private static final int MINOR_FAULTS = 7;
    private static final int MAJOR_FAULTS = 9;

    /** Of the calling thread; nothing where the kernel does not say. */
    public static ThreadCounters read() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long switches =
                    Files.readString(Path.of("/proc/thread-self/status"))
                            .lines()
                            .filter(line -> line.contains("ctxt_switches:"))
                            .mapToLong(
                                    line ->
                                            Long.parseLong(
                                                    line.substring(line.indexOf(':') + 1).strip()))
                            .sum();
            return new ThreadCounters(
                    switches,
                    Long.parseLong(fields[MAJOR_FAULTS]),
                    Long.parseLong(fields[MINOR_FAULTS]));
        } catch (IOException e) {
            return NONE;
        }
    }

    public ThreadCounters minus(ThreadCounters other) {
        return new ThreadCounters(
                contextSwitches - other.contextSwitches,
                majorFaults - other.majorFaults,
                minorFaults - other.minorFaults);
    }

    public ThreadCounters plus(ThreadCounters other) {
        return new ThreadCounters(
                contextSwitches + other.contextSwitches,
                majorFaults + other.majorFaults,
                minorFaults + other.minorFaults);
    }
}
