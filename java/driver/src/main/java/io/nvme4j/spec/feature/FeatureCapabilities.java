// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

/**
 * What may be done with a feature ("Completion Queue Entry Dword 0 when Select is set to 011b").
 *
 * @param isSaveable whether a value can be saved over resets and power cycles
 * @param isNamespaceSpecific whether each namespace has a value of its own
 * @param isChangeable whether it can be set
 */
public record FeatureCapabilities(
        boolean isSaveable, boolean isNamespaceSpecific, boolean isChangeable) {
    /** Select (SEL) of a Get Features command that asks for this, in place of a value. */
    public static final int SELECT = 3;

    /**
     * {@return what an answer to Get Features with the select value Supported Capabilities says}
     *
     * @param value DW0 of the completion queue entry
     */
    public static FeatureCapabilities of(int value) {
        return new FeatureCapabilities((value & 1) != 0, (value & 2) != 0, (value & 4) != 0);
    }
}
