// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

import java.util.Objects;

/**
 * What a database asks of a namespace before it writes, in bytes from the beginning of the
 * namespace, or of a slice of one.
 *
 * @param blocks where logical blocks begin
 * @param atomic writes that others see whole or not at all (AWUN or NAWUN)
 * @param atomicOnPowerFail writes that a loss of power, or another error, leaves whole or not at
 *     all (AWUPF or NAWUPF)
 * @param preferred what is fast
 */
public record Geometry(
        Grid blocks, AtomicUnit atomic, AtomicUnit atomicOnPowerFail, PreferredSizes preferred) {
    /** Checks that there is all of it. */
    public Geometry {
        Objects.requireNonNull(blocks, "blocks");
        Objects.requireNonNull(atomic, "atomic");
        Objects.requireNonNull(atomicOnPowerFail, "atomicOnPowerFail");
        Objects.requireNonNull(preferred, "preferred");
    }

    /**
     * {@return the same for a slice that begins at an offset}
     *
     * @param offset where a block begins
     * @throws IllegalArgumentException if none does
     */
    public Geometry from(long offset) {
        if (!blocks.isOn(offset)) {
            throw new IllegalArgumentException("no block begins at offset " + offset);
        }
        return new Geometry(
                blocks,
                atomic.from(offset),
                atomicOnPowerFail.from(offset),
                preferred.from(offset));
    }
}
