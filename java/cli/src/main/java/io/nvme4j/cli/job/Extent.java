// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Units;

/**
 * An amount of a namespace.
 *
 * @param bytes of it, where percentage is 0
 * @param percentage of its size, or 0
 */
public record Extent(long bytes, int percentage) {
    public static final Extent NOTHING = new Extent(0, 0);

    public static Extent read(Setting setting, int kiloBase) {
        String text = setting.value().strip();
        if (text.endsWith("z")) {
            throw setting.wrong(
                    "zoned namespaces are not supported, of whose zones this is a number");
        }
        return text.endsWith("%")
                ? new Extent(0, Units.percentage(setting, text))
                : new Extent(Units.bytes(setting, text, kiloBase), 0);
    }

    public boolean isNothing() {
        return bytes == 0 && percentage == 0;
    }

    /** Bytes of a namespace of this size. */
    public long of(long size) {
        return percentage == 0
                ? bytes
                : Math.multiplyHigh(size, percentage) == 0 && size * percentage >= 0
                        ? size * percentage / 100
                        : size / 100 * percentage;
    }
}
