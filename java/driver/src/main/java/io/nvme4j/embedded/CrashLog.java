// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import io.nvme4j.internal.shim.NativeDrive;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a workload says while it is recorded: what it was promised, and what its writes are.
 * Thread-safe.
 */
public final class CrashLog {
    private final NativeDrive drive;
    private final List<Entry> marks = new ArrayList<>(); // guarded by this
    private final List<Entry> labels = new ArrayList<>(); // guarded by this

    CrashLog(NativeDrive drive) {
        this.drive = drive;
    }

    private record Entry(long moment, Object value) {}

    /**
     * Says that something has happened, for {@link CrashPoint#marks}: that a commit was begun, say,
     * or that it has returned.
     *
     * @param value what it is, for the check to find
     */
    public synchronized void mark(Object value) {
        marks.add(new Entry(drive.moment(), Objects.requireNonNull(value, "value")));
    }

    /**
     * Names what is written from now on, by whatever thread, so that a violation can be told in
     * words.
     *
     * @param name such as "superblock copy 2"
     */
    public synchronized void label(String name) {
        labels.add(new Entry(drive.moment(), Objects.requireNonNull(name, "name")));
    }

    /** What was marked before a moment of the recording. */
    synchronized List<Object> marksBefore(long moment) {
        return marks.stream().filter(mark -> mark.moment < moment).map(Entry::value).toList();
    }

    /** What is written at a moment, or an empty text. */
    synchronized String labelAt(long moment) {
        return labels.stream()
                .filter(label -> label.moment < moment)
                .reduce((earlier, later) -> later)
                .map(label -> " (" + label.value + ")")
                .orElse("");
    }
}
