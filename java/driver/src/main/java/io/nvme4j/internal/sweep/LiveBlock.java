// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import java.util.ArrayList;
import java.util.List;

/** What a block may hold after a power cut: the versions that nothing durable came after. */
final class LiveBlock {
    private final List<Version> versions = new ArrayList<>();

    LiveBlock(Version earlier) {
        versions.add(earlier);
    }

    void add(Version version) {
        versions.add(version);
    }

    /** A version has become durable: what was before it is gone. */
    void settle(Version version) {
        if (versions.contains(version)) {
            versions.removeIf(other -> other.isBefore(version));
        }
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
        return new Contended(block, List.copyOf(versions));
    }

    /**
     * A block with several versions.
     *
     * @param versions in the order of their submission
     */
    record Contended(int block, List<Version> versions) {}
}
