// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

/**
 * What a controller does about errors of a namespace's blocks ("Error Recovery").
 *
 * @param timeLimit Time Limited Error Recovery (TLER): how long it tries again, in 100
 *     milliseconds, 0 to 65,535; 0 for no limit
 * @param failsDeallocated Deallocated or Unwritten Logical Block Error Enable (DULBE): whether
 *     reads of blocks that are not allocated fail
 */
public record ErrorRecovery(int timeLimit, boolean failsDeallocated) {
    private static final Field LIMIT = Field.of("a time limit of error recovery", 0, 16);
    private static final int DULBE = 1 << 16;

    /** Checks that the field can have the time limit. */
    public ErrorRecovery {
        LIMIT.check(timeLimit);
    }

    static ErrorRecovery of(int dword) {
        return new ErrorRecovery(LIMIT.get(dword), (dword & DULBE) != 0);
    }

    int dword() {
        return LIMIT.put(timeLimit) | (failsDeallocated ? DULBE : 0);
    }
}
