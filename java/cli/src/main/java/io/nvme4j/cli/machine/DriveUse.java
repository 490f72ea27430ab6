// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import static java.util.stream.Collectors.joining;

import java.util.List;

/**
 * One use of a drive, by the kernel or by a program.
 *
 * @param kind what uses it
 * @param user name of that: a directory, a device, a volume, or a process's number, as {@code kind}
 *     says
 * @param text the use for people, as in "nvme0n1p1 is mounted at /data"
 */
public record DriveUse(Kind kind, String user, String text) {
    /** What may use a drive, and what {@link DriveUse#user()} is of it. */
    public enum Kind {
        /** A file system: the directory where it is mounted. */
        MOUNT,
        /** The root file system. */
        ROOT,
        /** Swap: the block device's name. */
        SWAP,
        /** A RAID: its name, such as md0. */
        RAID,
        /** A logical volume: device-mapper's name of it. */
        LOGICAL_VOLUME,
        /** An encrypted volume: device-mapper's name of it. */
        ENCRYPTED_VOLUME,
        /** Another volume of device-mapper: its name. */
        MAPPED_VOLUME,
        /** A loop device: its name. */
        LOOP,
        /** The kernel's NVMe target: the directory of the exported namespace. */
        EXPORT,
        /** A process that holds it open: its number. */
        PROCESS,
        /** Something else: its name. */
        OTHER
    }

    /** All of them for people. */
    public static String describe(List<DriveUse> uses) {
        return uses.stream().map(DriveUse::text).collect(joining("; "));
    }
}
