// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

/** Hashes of images, of 128 bits each: open addressing, as there are millions. */
final class ImageSet {
    private long[] slots = new long[2 << 10]; // two for each hash; all zeroes: none
    private int size;

    /** Returns whether it was not there. */
    boolean add(long high, long low) {
        if (4 * size >= slots.length) {
            grow();
        }
        long some = high == 0 && low == 0 ? 1 : low; // all zeroes say that there is none
        int at = find(slots, high, some);
        boolean isNew = slots[at] == 0 && slots[at + 1] == 0;
        if (isNew) {
            slots[at] = high;
            slots[at + 1] = some;
            size++;
        }
        return isNew;
    }

    int size() {
        return size;
    }

    /** Where a hash is, or would be. */
    private static int find(long[] slots, long high, long low) {
        int mask = slots.length - 2; // of even numbers
        int at = (int) (high ^ low >>> 17) & mask;
        while ((slots[at] != high || slots[at + 1] != low)
                && (slots[at] != 0 || slots[at + 1] != 0)) {
            at = at + 2 & mask;
        }
        return at;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[2 * old.length];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0 || old[i + 1] != 0) {
                int at = find(slots, old[i], old[i + 1]);
                slots[at] = old[i];
                slots[at + 1] = old[i + 1];
            }
        }
    }
}
