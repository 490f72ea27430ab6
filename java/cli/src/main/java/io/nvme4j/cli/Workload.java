// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

/** I/O patterns. Constants are named as they are written on the command line. */
enum Workload {
    /** Sequential reads. */
    read(false, 100),
    /** Sequential writes. */
    write(false, 0),
    /** Reads at random. */
    randread(true, 100),
    /** Writes at random. */
    randwrite(true, 0),
    /** Reads and writes, one after the other. */
    rw(false, -1),
    /** Reads and writes at random. */
    randrw(true, -1);

    private final boolean random;
    private final int readPercentage;

    Workload(boolean random, int readPercentage) {
        this.random = random;
        this.readPercentage = readPercentage;
    }

    /** Whether starting LBAs are chosen at random, else one follows the other. */
    boolean isRandom() {
        return random;
    }

    /** Whether there are both reads and writes. */
    boolean isMixed() {
        return readPercentage < 0;
    }

    /**
     * Percentage of reads.
     *
     * @param ofMixed the percentage where this is a mixed workload
     */
    int readPercentage(int ofMixed) {
        return isMixed() ? ofMixed : readPercentage;
    }
}
