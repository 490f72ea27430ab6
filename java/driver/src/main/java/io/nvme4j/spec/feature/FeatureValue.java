// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The value of a feature as commands have it.
 *
 * @param dword CDW11 of a Set Features command, and DW0 of the answer to a Get Features command
 * @param data of the command; empty where the feature has none
 */
public record FeatureValue(int dword, MemorySegment data) {
    /** Checks that there is a segment, which may be empty. */
    public FeatureValue {
        Objects.requireNonNull(data, "data");
    }
}
