// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

/**
 * A field of a dword.
 *
 * @param name as the specification has it, for messages
 * @param shift number of its lowest bit
 * @param bits that it has, up to 16
 * @param least what 0 stands for: 1 where it is 0's based
 */
record Field(String name, int shift, int bits, int least) {
    static Field of(String name, int shift, int bits) {
        return new Field(name, shift, bits, 0);
    }

    static Field zeroesBased(String name, int shift, int bits) {
        return new Field(name, shift, bits, 1);
    }

    int get(int dword) {
        return (dword >>> shift & mask()) + least;
    }

    int put(int value) {
        check(value);
        return value - least << shift;
    }

    void check(int value) {
        int most = mask() + least;
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " is " + least + " to " + most + ", not " + value);
        }
    }

    private int mask() {
        return (1 << bits) - 1;
    }
}
