// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

/** Which value of a feature is asked for ("Get Features - Command Dword 10", Select). */
public enum Select {
    /** The value that is in use. */
    CURRENT(0),
    /** The value that the controller was made with. */
    DEFAULT(1),
    /** The value that was saved last, which a reset makes the current one; or the default. */
    SAVED(2);

    private final int value;

    Select(int value) {
        this.value = value;
    }

    /** {@return the value of the field Select (SEL), 0 to 2} */
    public int value() {
        return value;
    }
}
