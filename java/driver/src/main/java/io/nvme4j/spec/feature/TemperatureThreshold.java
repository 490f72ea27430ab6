// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

/**
 * From which temperature on a controller tells of it ("Temperature Threshold").
 *
 * @param kelvins Temperature Threshold (TMPTH), 0 to 65,535
 * @param hysteresis Temperature Threshold Hysteresis (TMPTHH), in kelvins, 0 to 7: how far from the
 *     threshold the temperature is normal again
 */
public record TemperatureThreshold(int kelvins, int hysteresis) {
    private static final Field SENSOR = Field.of("a sensor's number", 16, 4);
    private static final Field TEMPERATURE = Field.of("a Temperature Threshold", 0, 16);
    private static final Field HYSTERESIS = Field.of("a Temperature Threshold Hysteresis", 22, 3);

    /** Checks that the fields can have both numbers. */
    public TemperatureThreshold {
        TEMPERATURE.check(kelvins);
        HYSTERESIS.check(hysteresis);
    }

    static TemperatureThreshold of(int dword) {
        return new TemperatureThreshold(TEMPERATURE.get(dword), HYSTERESIS.get(dword));
    }

    int dword() {
        return TEMPERATURE.put(kelvins) | HYSTERESIS.put(hysteresis);
    }

    /** Which side of the threshold is out of the ordinary (Threshold Type Select, THSEL). */
    public enum Type {
        /** At the threshold or above. */
        OVER(0),
        /** At the threshold or below. */
        UNDER(1);

        private final int value;

        Type(int value) {
            this.value = value;
        }

        /** {@return the value of the field Threshold Type Select, 0 or 1} */
        public int value() {
            return value;
        }
    }

    /** CDW11 bits 21:20 and 19:16 say which threshold it is. */
    static int selector(Type type, int sensor) {
        return SENSOR.put(sensor) | type.value() << 20;
    }
}
