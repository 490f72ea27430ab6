// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

import io.nvme4j.memory.DmaBuffer;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A controller's buffers by address. Look-ups take no lock and see either all of a change or
 * nothing of it, as every change makes a new array; changes are made under the lock of {@link
 * DmaMemory}.
 */
final class Regions {
    private volatile DmaBuffer[] byAddress = {};

    void add(List<DmaBuffer> buffers) {
        DmaBuffer[] old = byAddress;
        DmaBuffer[] changed = Arrays.copyOf(old, old.length + buffers.size());
        for (int i = 0; i < buffers.size(); i++) {
            changed[old.length + i] = buffers.get(i);
        }
        Arrays.sort(changed, Comparator.comparingLong(Regions::begin));
        byAddress = changed;
    }

    void remove(List<DmaBuffer> buffers) {
        Set<DmaBuffer> removed = new HashSet<>(buffers);
        byAddress =
                Arrays.stream(byAddress)
                        .filter(each -> !removed.contains(each))
                        .toArray(DmaBuffer[]::new);
    }

    /** The buffer that all of a range lies in, or null. Allocates nothing. */
    @Nullable DmaBuffer find(long address, long length) {
        DmaBuffer[] buffers = byAddress;
        int last = lastNotAfter(buffers, address);
        return last >= 0 && length <= end(buffers[last]) - address ? buffers[last] : null;
    }

    /** Index of the last buffer that begins at an address or before it, or -1. */
    private static int lastNotAfter(DmaBuffer[] buffers, long address) {
        int low = 0;
        int high = buffers.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (begin(buffers[middle]) <= address) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /** A buffer that shares a unit of memory with a range, or null. */
    @Nullable DmaBuffer sharing(long address, long length, long unit) {
        for (DmaBuffer buffer : byAddress) {
            boolean isBefore = up(end(buffer), unit) <= down(address, unit);
            boolean isAfter = down(begin(buffer), unit) >= up(address + length, unit);
            if (!isBefore && !isAfter) {
                return buffer;
            }
        }
        return null;
    }

    /** The multiple of a unit, a power of two, at or below an address. */
    static long down(long address, long unit) {
        return address & -unit;
    }

    /** The multiple of a unit, a power of two, at or above an address. */
    static long up(long address, long unit) {
        return (address + unit - 1) & -unit;
    }

    private static long begin(DmaBuffer buffer) {
        return Buffers.mapped(buffer).address();
    }

    private static long end(DmaBuffer buffer) {
        return begin(buffer) + buffer.length();
    }
}
