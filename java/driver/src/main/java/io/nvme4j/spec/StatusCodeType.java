// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.util.Arrays;
import java.util.Optional;

/** Status Code Type (Base Specification, "Status Code - Status Code Type Values"). */
public enum StatusCodeType {
    GENERIC(0x0, "Generic Command Status"),
    COMMAND_SPECIFIC(0x1, "Command Specific Status"),
    MEDIA_AND_DATA_INTEGRITY(0x2, "Media and Data Integrity Error"),
    PATH_RELATED(0x3, "Path Related Status"),
    VENDOR_SPECIFIC(0x7, "Vendor Specific Status");

    private final int value;
    private final String title;

    StatusCodeType(int value, String title) {
        this.value = value;
        this.title = title;
    }

    /** The value of the field SCT, 0 to 7. */
    public int value() {
        return value;
    }

    /** The specification's name. */
    public String title() {
        return title;
    }

    /** The type with this value; empty for a reserved one. */
    public static Optional<StatusCodeType> fromValue(int value) {
        return Arrays.stream(values()).filter(type -> type.value == value).findFirst();
    }
}
