// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.util.Arrays;
import java.util.Optional;

/** Status Code Type (Base Specification, "Status Code - Status Code Type Values"). */
public enum StatusCodeType {
    /** The status can come from any command. */
    GENERIC(0x0, "Generic Command Status"),
    /** The meaning of the status depends on the command. */
    COMMAND_SPECIFIC(0x1, "Command Specific Status"),
    /** The medium failed, or the data on it are not what they should be. */
    MEDIA_AND_DATA_INTEGRITY(0x2, "Media and Data Integrity Error"),
    /** The path between host and namespace failed. */
    PATH_RELATED(0x3, "Path Related Status"),
    /** The vendor says what the status means. */
    VENDOR_SPECIFIC(0x7, "Vendor Specific Status");

    private final int value;
    private final String title;

    StatusCodeType(int value, String title) {
        this.value = value;
        this.title = title;
    }

    /** {@return the value of the field SCT, 0 to 7} */
    public int value() {
        return value;
    }

    /** {@return the specification's name} */
    public String title() {
        return title;
    }

    /**
     * {@return the type with this value; empty for a reserved one}
     *
     * @param value of the field SCT, 0 to 7
     */
    public static Optional<StatusCodeType> fromValue(int value) {
        return Arrays.stream(values()).filter(type -> type.value == value).findFirst();
    }
}
