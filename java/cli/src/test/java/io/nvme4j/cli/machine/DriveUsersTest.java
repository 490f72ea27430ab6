// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/** Each reason why a drive must be left where it is. */
class DriveUsersTest {
    private static final String DRIVE = "0000:01:00.0";
    private static final String BLOCK = "/sys/class/block/";

    @TempDir Path root;
    private Tree tree;

    @BeforeEach
    void makeTree() {
        tree = new Tree(root).drive(DRIVE, "nvme").kernelDrive(DRIVE);
    }

    private void assertUses(String... uses) {
        Machine machine = tree.machine();
        NvmeDrive drive = new PciBus(machine).nvmeDrives().getFirst();
        assertEquals(
                List.of(uses),
                new DriveUsers(machine).of(drive).stream().map(DriveUse::text).toList());
    }

    @Test
    void nobody() {
        assertUses();
    }

    @Test
    void mountedByNumberOrByName() {
        tree.mounted("259:1", "/dev/root", "/");
        assertUses("nvme0n1p1 holds the root file system");
        tree.mounted("0:44", "/dev/nvme0n1", "/with\\040blank");
        assertUses("nvme0n1 is mounted at /with blank");
    }

    @Test
    void mountedWhereOnlyAnotherProcessSeesIt() {
        tree.process(7, "container").link("/proc/7/ns/mnt", "mnt:[7]");
        tree.file("/proc/7/mountinfo", "9 1 259:1 / /data rw - ext4 /dev/nvme0n1p1 rw");
        assertUses("nvme0n1p1 is mounted at /data");
    }

    @Test
    void swap() {
        tree.file("/proc/swaps", "Filename Type Size Used", "/dev/nvme0n1p1 partition 9 0");
        assertUses("nvme0n1p1 is used as swap");
    }

    @Test
    void partOfARaidThatIsMounted() {
        tree.directory(BLOCK + "nvme0n1p1/holders/md0").file(BLOCK + "md0/dev", "9:0");
        tree.mounted("9:0", "/dev/md0", "/data");
        assertUses(
                "nvme0n1p1 is in the RAID md0",
                "nvme0n1p1 is mounted at /data by way of the RAID md0");
    }

    @Test
    void volumesOfTheDeviceMapper() {
        tree.directory(BLOCK + "nvme0n1/holders/dm-0")
                .file(BLOCK + "dm-0/dm/name", "vg-home")
                .file(BLOCK + "dm-0/dm/uuid", "LVM-abc");
        assertUses("nvme0n1 is in the LVM volume vg-home");
        tree.file(BLOCK + "dm-0/dm/uuid", "CRYPT-LUKS2-abc");
        assertUses("nvme0n1 is in the encrypted volume vg-home");
    }

    @Test
    void heldOpen() {
        tree.process(7, "dd").link("/proc/7/fd/3", "/dev/nvme0n1");
        tree.link("/proc/7/fd/4", "/dev/nvme0").link("/proc/7/fd/5", "/dev/ng0n1");
        assertUses(
                "nvme0 is held open by dd (process 7)",
                "nvme0n1 is held open by dd (process 7)",
                "ng0n1 is held open by dd (process 7)");
    }

    @Test
    void drivenByAProgram() {
        tree.driver(DRIVE, "vfio-pci");
        tree.process(7, "nvmf_tgt").link("/proc/7/fd/3", "/dev/vfio/1");
        assertUses("vfio/1 is held open by nvmf_tgt (process 7)");
    }

    @Test
    void behindALoopDeviceOrInBtrfs() {
        tree.file("/sys/block/loop3/loop/backing_file", "/dev/nvme0n1");
        tree.directory("/sys/fs/btrfs/uuid/devices/nvme0n1p1");
        assertUses("nvme0n1 is behind loop3", "nvme0n1p1 is in a mounted btrfs");
    }

    @Test
    void exportedToOtherMachines() {
        tree.file(
                "/sys/kernel/config/nvmet/subsystems/nqn/namespaces/1/device_path", "/dev/nvme0n1");
        assertUses("nvme0n1 is exported by the kernel's NVMe target");
    }
}
