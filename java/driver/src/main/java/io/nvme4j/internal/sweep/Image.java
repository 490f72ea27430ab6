// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import java.util.List;
import java.util.function.Consumer;

/**
 * What is in the blocks after a power cut, with a hash of it all. It goes from the last point of a
 * course to the first, and changes as little as that needs.
 */
final class Image {
    private final Consumer<Version> changed;
    private final List<Point> points;
    private final Version[] blocks;
    private int point;
    private long high;
    private long low;

    /**
     * At the last point, but for its contended blocks.
     *
     * @param changed told of each block that has changed since the recording began
     */
    Image(Recording recording, Points.Course course, Consumer<Version> changed) {
        this.changed = changed;
        points = course.points();
        point = points.size() - 1;
        blocks = recording.earlier().toArray(Version[]::new);
        for (Version version : blocks) {
            high += version.high;
            low += version.low;
        }
        course.settled().forEach(this::put);
    }

    /** Has a version in its block. */
    void put(Version version) {
        Version former = blocks[version.block];
        if (former != version) {
            high += version.high - former.high;
            low += version.low - former.low;
            blocks[version.block] = version;
            changed.accept(version);
        }
    }

    /** Goes to a point that isn't after where it is, whose contended blocks are put next. */
    void goTo(int earlier) {
        assert earlier <= point;
        while (point > earlier) {
            points.get(point).former().forEach(this::put);
            point--;
        }
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }
}
