// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

/**
 * How much power a controller may take ("Power Management").
 *
 * @param powerState Power State (PS), 0 to 31: a number of a Power State Descriptor in Identify
 *     Controller
 * @param workloadHint Workload Hint (WH), 0 to 7; 0 for none
 */
public record PowerManagement(int powerState, int workloadHint) {
    private static final Field STATE = Field.of("a Power State", 0, 5);
    private static final Field HINT = Field.of("a Workload Hint", 5, 3);

    /** Checks that the fields can have both numbers. */
    public PowerManagement {
        STATE.check(powerState);
        HINT.check(workloadHint);
    }

    static PowerManagement of(int dword) {
        return new PowerManagement(STATE.get(dword), HINT.get(dword));
    }

    int dword() {
        return STATE.put(powerState) | HINT.put(workloadHint);
    }
}
