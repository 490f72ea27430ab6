// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import java.util.List;

/**
 * A moment at which power can fail, just before something becomes durable: all that a cut since the
 * last such moment could leave, it can leave now.
 *
 * @param time the recording's event that did not come any more
 * @param contended blocks that may hold several things
 * @param former what blocks held that have changed since the point before, and had one content
 *     there
 */
public record Point(long time, List<LiveBlock.Contended> contended, List<Version> former) {
    /** Whether a cut can lose something there. */
    public boolean hasSomethingToLose() {
        return !contended.isEmpty();
    }
}
