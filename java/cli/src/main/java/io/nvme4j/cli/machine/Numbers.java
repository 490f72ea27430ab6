// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import java.util.BitSet;
import java.util.Locale;
import java.util.OptionalLong;

/** Numbers as the kernel writes them. */
public final class Numbers {
    private Numbers() {}

    /** A decimal number, or empty where it is none. */
    public static OptionalLong decimal(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** A list such as {@code 0-3,8}; what isn't understood is left out. */
    public static BitSet list(String text) {
        BitSet numbers = new BitSet();
        for (String range : text.split(",", -1)) {
            String[] ends = range.strip().split("-", -1);
            OptionalLong first = decimal(ends[0]);
            OptionalLong last = decimal(ends[ends.length - 1]);
            if (first.isPresent() && last.isPresent()) {
                numbers.set((int) first.getAsLong(), (int) last.getAsLong() + 1);
            }
        }
        return numbers;
    }

    /** A size such as {@code 2M}, in bytes. */
    static OptionalLong size(String text) {
        int digits = 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        int unit =
                digits == text.length()
                        ? 0
                        : " KMGT".indexOf(text.toUpperCase(Locale.ROOT).charAt(digits));
        OptionalLong number = decimal(text.substring(0, digits));
        return number.isPresent() && unit >= 0
                ? OptionalLong.of(number.getAsLong() << (10 * unit))
                : OptionalLong.empty();
    }
}
