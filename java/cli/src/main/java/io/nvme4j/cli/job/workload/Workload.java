// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.workload;

/** I/O patterns. Constants are named as they are written on the command line and in job files. */
public enum Workload {
    /** Sequential reads. */
    read(false, Direction.READ, Direction.READ),
    /** Sequential writes. */
    write(false, Direction.WRITE, Direction.WRITE),
    /** Reads at random. */
    randread(true, Direction.READ, Direction.READ),
    /** Writes at random. */
    randwrite(true, Direction.WRITE, Direction.WRITE),
    /** Reads and writes, one after the other. */
    rw(false, Direction.READ, Direction.WRITE),
    /** Reads and writes at random. */
    randrw(true, Direction.READ, Direction.WRITE),
    /** Sequential deallocation. */
    trim(false, Direction.TRIM, Direction.TRIM),
    /** Deallocation at random. */
    randtrim(true, Direction.TRIM, Direction.TRIM),
    /** Sequentially deallocates blocks and then writes them. */
    trimwrite(false, Direction.TRIM, Direction.WRITE),
    /** Deallocates blocks at random and then writes them. */
    randtrimwrite(true, Direction.TRIM, Direction.WRITE);

    private final boolean random;
    private final Direction first;
    private final Direction second;

    Workload(boolean random, Direction first, Direction second) {
        this.random = random;
        this.first = first;
        this.second = second;
    }

    /** Whether starting LBAs are chosen at random, else one follows the other. */
    public boolean isRandom() {
        return random;
    }

    /** Whether there are both reads and writes, by a percentage. */
    public boolean isMixed() {
        return has(Direction.READ) && has(Direction.WRITE);
    }

    /** Whether each block is deallocated and then written. */
    public boolean trimsBeforeWriting() {
        return has(Direction.TRIM) && has(Direction.WRITE);
    }

    /** Whether it has commands of a direction. */
    public boolean has(Direction direction) {
        return direction == first || direction == second;
    }

    /**
     * Percentage of reads.
     *
     * @param ofMixed the percentage where this is a mixed workload
     */
    public int readPercentage(int ofMixed) {
        if (isMixed()) {
            return ofMixed;
        }
        return has(Direction.READ) ? 100 : 0;
    }
}
