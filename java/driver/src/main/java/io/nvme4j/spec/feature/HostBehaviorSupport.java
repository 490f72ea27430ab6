// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

import java.lang.foreign.MemorySegment;

/**
 * What a host knows of, so that a controller may make use of it ("Host Behavior Support").
 *
 * @param advancedCommandRetry Advanced Command Retry Enable (ACRE): statuses that say how long to
 *     wait before trying again
 * @param extendedTelemetry Extended Telemetry Data Area 4 Supported (ETDAS)
 * @param extendedLbaFormats LBA Format Extension Enable (LBAFEE): formats 16 to 63
 * @param dispersedNamespaces Host Dispersed Namespace Support (HDISNS): namespaces of several
 *     subsystems
 * @param copyDescriptorFormats Copy Descriptor Formats Enable (CDFE): a bit for each format, 0 to
 *     65,535
 */
public record HostBehaviorSupport(
        boolean advancedCommandRetry,
        boolean extendedTelemetry,
        boolean extendedLbaFormats,
        boolean dispersedNamespaces,
        int copyDescriptorFormats) {
    static final int BYTES = 512;

    private static final Field FORMATS = Field.of("the set of Copy Descriptor Formats", 0, 16);

    /** Checks that the field can have the formats. */
    public HostBehaviorSupport {
        FORMATS.check(copyDescriptorFormats);
    }

    static HostBehaviorSupport of(MemorySegment data) {
        return new HostBehaviorSupport(
                Bytes.get(data, 0, 1) == 1,
                Bytes.get(data, 1, 1) == 1,
                Bytes.get(data, 2, 1) == 1,
                Bytes.get(data, 3, 1) == 1,
                (int) Bytes.get(data, 4, 2));
    }

    MemorySegment data() {
        return Bytes.of(
                BYTES,
                bit(advancedCommandRetry, 0)
                        | bit(extendedTelemetry, 1)
                        | bit(extendedLbaFormats, 2)
                        | bit(dispersedNamespaces, 3)
                        | (long) copyDescriptorFormats << 4 * Byte.SIZE);
    }

    private static long bit(boolean isSet, int offset) {
        return isSet ? 1L << offset * Byte.SIZE : 0;
    }
}
