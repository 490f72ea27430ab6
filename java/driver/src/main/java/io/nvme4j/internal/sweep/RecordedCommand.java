// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A command of a recording, and when host and device had got how far with it. Times are numbers of
 * the recording's events.
 */
public final class RecordedCommand {
    /** The time of what did not happen. */
    public static final long NEVER = Long.MAX_VALUE;

    /** In the place of an NSID: all of them. */
    public static final int ALL_NAMESPACES = -1;

    /** What wrote the blocks before the recording began. */
    static final RecordedCommand EARLIER =
            new RecordedCommand(Kind.WRITE, 0, true, "nobody since the recording began", -1);

    /** What a command does to the durability of blocks. */
    public enum Kind {
        /** Writes blocks; so do Write Zeroes, Deallocate and the like. */
        WRITE,
        /** Returns blocks that stay as they are from then on: a Read or Compare with FUA. */
        READ,
        /** Makes what the host knows to be written durable. */
        FLUSH,
        /** Makes everything durable. */
        SHUTDOWN
    }

    final Kind kind;
    final int namespace;

    /** Whether its blocks are durable when it has completed: by FUA, or as there is no cache. */
    final boolean isDurable;

    final String name;
    final long submitted;
    private long completed = NEVER;
    private boolean succeeded;
    private long consumed = NEVER;

    final List<Version> versions = new ArrayList<>();

    /**
     * @param name how people know it
     * @param submitted when the device fetched it
     */
    public RecordedCommand(
            Kind kind, int namespace, boolean isDurable, String name, long submitted) {
        this.kind = kind;
        this.namespace = namespace;
        this.isDurable = isDurable;
        this.name = name;
        this.submitted = submitted;
        if (submitted < 0) {
            completed(submitted, true);
            consumed(submitted);
        }
    }

    /**
     * The same, with all that happens from a time on forgotten, and later by some time. Its
     * versions are those of blocks that have other numbers.
     *
     * @param known from here on the host knew nothing any more
     */
    RecordedCommand copy(long known, long later, Map<Version, Version> copies, int[] numbers) {
        RecordedCommand copy =
                new RecordedCommand(kind, namespace, isDurable, name, submitted + later);
        copy.completed(completed == NEVER ? NEVER : completed + later, succeeded);
        copy.consumed(consumed >= known ? NEVER : consumed + later);
        for (Version version : versions) {
            copy.add(
                    copies.computeIfAbsent(
                            version, any -> version.of(copy, numbers[version.block])));
        }
        return copy;
    }

    /** The device completed it. */
    public void completed(long time, boolean well) {
        completed = time;
        succeeded = well;
    }

    /** The host has consumed the completion. */
    public void consumed(long time) {
        consumed = time;
    }

    /** Says what it has written or, if it is a READ, returned. */
    public void add(Version version) {
        versions.add(version);
    }

    public boolean is(Kind some) {
        return kind == some;
    }

    /** Whether the device completes it without an error; it shows nothing of a write that fails. */
    public boolean succeeded() {
        return succeeded;
    }

    /** When it completed, or {@link #NEVER}. */
    long completed() {
        return completed;
    }

    boolean isInFlight(long time) {
        return completed >= time;
    }

    /** Whether the host knew of this one's end when it submitted the other. */
    boolean isBefore(RecordedCommand other) {
        return consumed < other.submitted;
    }

    @Override
    public String toString() {
        return name;
    }
}
