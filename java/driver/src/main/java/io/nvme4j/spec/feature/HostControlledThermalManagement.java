// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

/**
 * At which temperatures a controller makes itself slower ("Host Controlled Thermal Management").
 *
 * @param lightKelvins Thermal Management Temperature 1 (TMT1): where it goes to lower power states
 *     with little loss of speed; 0 for nowhere
 * @param heavyKelvins Thermal Management Temperature 2 (TMT2): where it does so whatever the loss;
 *     0 for nowhere
 */
public record HostControlledThermalManagement(int lightKelvins, int heavyKelvins) {
    private static final Field LIGHT = Field.of("Thermal Management Temperature 1", 16, 16);
    private static final Field HEAVY = Field.of("Thermal Management Temperature 2", 0, 16);

    /** Checks that both temperatures are 0 to 65,535 kelvins. */
    public HostControlledThermalManagement {
        LIGHT.check(lightKelvins);
        HEAVY.check(heavyKelvins);
    }

    static HostControlledThermalManagement of(int dword) {
        return new HostControlledThermalManagement(LIGHT.get(dword), HEAVY.get(dword));
    }

    int dword() {
        return LIGHT.put(lightKelvins) | HEAVY.put(heavyKelvins);
    }
}
