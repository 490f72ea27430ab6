// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import java.util.List;

/** Numbers of bytes for people. */
final class Sizes {
    private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB", "TiB");

    private Sizes() {}

    /** In the greatest unit of which it is a whole number. */
    static String of(long bytes) {
        int unit = 0;
        long number = bytes;
        while (number != 0 && number % 1024 == 0 && unit < UNITS.size() - 1) {
            number /= 1024;
            unit++;
        }
        return number + " " + UNITS.get(unit);
    }
}
