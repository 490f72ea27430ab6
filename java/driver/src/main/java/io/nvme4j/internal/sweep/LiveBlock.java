// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What a block may hold after a power cut: the versions that nothing durable came after. */
final class LiveBlock {
    private final List<Version> versions = new ArrayList<>();
    private final List<Version> durable = new ArrayList<>();

    LiveBlock(Version earlier) {
        versions.add(earlier);
        durable.add(earlier);
    }

    void add(Version version) {
        versions.add(version);
    }

    /** A version has become durable: what was before it is gone. */
    void settle(Version version) {
        if (versions.contains(version)) {
            durable.add(version);
            keep(other -> !other.isBefore(version));
        }
    }

    private void keep(Predicate<Version> kept) {
        versions.removeIf(kept.negate());
        durable.retainAll(versions);
    }

    /** A read has shown a version, and made it durable: what had ended before the read is gone. */
    void settle(Version shown, RecordedCommand read) {
        settle(shown);
        keep(other -> other == shown || !other.command.isBefore(read));
        assert !versions.isEmpty() : "a read shows nothing that is older than what has ended";
    }

    boolean isContended() {
        return versions.size() > 1;
    }

    /** Of one that isn't contended. */
    Version only() {
        assert !isContended();
        return versions.getFirst();
    }

    Contended contended(int block) {
        return new Contended(block, List.copyOf(versions), List.copyOf(durable));
    }

    /**
     * A block with several versions.
     *
     * @param versions in the order of their submission
     * @param durable those that are there, maybe under others
     */
    record Contended(int block, List<Version> versions, List<Version> durable) {}
}
