// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

/** A drive that a thread of a sweep has for itself, and has hold one image after the other. */
public interface Fork extends AutoCloseable {
    /** Has a block hold a version. */
    void put(Version version);

    /**
     * Forgets what was written to it, runs the caller's check, and throws what that throws.
     *
     * @param point where the power was cut
     */
    void check(Point point) throws Throwable;

    @Override
    void close();
}
