// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.plan;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.TransportId;
import io.nvme4j.cli.machine.Tree;
import io.nvme4j.cli.target.KernelDrives;
import io.nvme4j.cli.target.Target;
import io.nvme4j.error.NvmeException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Optional;

/** By the built-in controller in the place of a drive, and a made-up machine. */
class WriteSafetyTest {
    @TempDir Path directory;
    private Controller controller;
    private Target target;
    private Path disk;
    private Tree tree;

    @BeforeEach
    void attach() {
        tree = new Tree(directory);
        disk = directory.resolve("disk.img");
        TransportId id = new TransportId("trtype:EMBEDDED size:1M traddr:" + disk);
        controller = Controller.attach(id.text());
        target = Target.of(id, controller).getFirst();
    }

    @AfterEach
    void detach() {
        controller.close();
    }

    private WriteSafety safety(boolean allowed, Optional<String> answer) {
        return new WriteSafety(allowed, new KernelDrives(tree.machine()), question -> answer);
    }

    private String refusal(WriteSafety safety) {
        return String.valueOf(
                assertThrows(NvmeException.class, () -> safety.check(target, "all")).getMessage());
    }

    private void put(int at, byte... bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.seek(at);
            file.write(bytes);
        }
    }

    @Test
    void nobodyToAskMeansTheOption() {
        String message = refusal(safety(false, Optional.empty()));
        assertTrue(message.contains("--destroy-data"), message);
        assertTrue(message.contains("all of its data would be lost"), message);
        assertTrue(message.contains(controller.identify().serialNumber()), message);
        assertDoesNotThrow(() -> safety(true, Optional.empty()).check(target, "all"));
    }

    @Test
    void theSerialNumberIsTheAnswer() {
        String serial = controller.identify().serialNumber();
        assertDoesNotThrow(() -> safety(false, Optional.of(serial)).check(target, "all"));
        assertTrue(refusal(safety(false, Optional.of("yes"))).contains("not the serial number"));
        assertTrue(refusal(safety(false, Optional.of(""))).contains("not the serial number"));
    }

    @Test
    void partitionsAreRefusedWhateverIsAllowed() throws IOException {
        put(512, "EFI PART".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertTrue(refusal(safety(true, Optional.empty())).contains("GPT partition table"));
        put(512, new byte[8]);
        put(446, (byte) 0x80, (byte) 0, (byte) 0, (byte) 0, (byte) 0x83);
        put(510, (byte) 0x55, (byte) 0xAA);
        assertTrue(refusal(safety(true, Optional.empty())).contains("MBR partition table"));
        put(446, (byte) 7);
        assertDoesNotThrow(() -> safety(true, Optional.empty()).check(target, "all"));
    }

    @Test
    void fileSystemsAreNamed() throws IOException {
        put(1080, (byte) 0x53, (byte) 0xEF);
        assertTrue(refusal(safety(false, Optional.empty())).contains("an ext file system"));
    }

    @Test
    void drivesOfTheKernelAreRefused() {
        tree.drive("0000:01:00.0", "nvme").kernelDrive("0000:01:00.0");
        tree.mounted("259:1", "/dev/nvme0n1p1", "/home");
        WriteSafety safety = safety(true, Optional.empty());
        TransportId id = new TransportId("trtype:PCIE traddr:0000:01:00.0");
        String message =
                String.valueOf(
                        assertThrows(NvmeException.class, () -> safety.checkBeforeAttach(id))
                                .getMessage());
        assertTrue(message.contains("/dev/nvme0 (nvme0n1p1 is mounted at /home)"), message);
        assertDoesNotThrow(
                () -> safety.checkBeforeAttach(new TransportId("trtype:PCIE traddr:0000:02:00.0")));
        assertEquals(Optional.empty(), new KernelDrives(tree.machine()).use(""));
    }
}
