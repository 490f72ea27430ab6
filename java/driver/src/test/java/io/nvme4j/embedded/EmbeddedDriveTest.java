// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.engine.ByteIo;
import io.nvme4j.engine.Engine;
import io.nvme4j.error.CommandException;
import io.nvme4j.error.MediaException;
import io.nvme4j.error.NvmeException;
import io.nvme4j.spec.StatusCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A drive is there before its controllers, between them, and after them. */
class EmbeddedDriveTest {
    private static final int MEBIBYTE = 1 << 20;

    @TempDir Path directory;

    @Test
    void whatWasWrittenIsThereAtTheNextAttach() {
        staysOver(EmbeddedDrive.inMemory(MEBIBYTE));
        staysOver(
                EmbeddedDrive.inMemory(MEBIBYTE)
                        .blockSize(4096)
                        .mode(EmbeddedDriveBuilder.Mode.THREADED)
                        .addresses(EmbeddedDriveBuilder.Addresses.SCRAMBLED)
                        .seed(-1));
        staysOver(EmbeddedDrive.inFile(directory.resolve("disk"), MEBIBYTE));
    }

    private static void staysOver(EmbeddedDriveBuilder builder) {
        byte[] written = {1, 2, 3, 4, 5};
        byte[] read = new byte[written.length];
        try (EmbeddedDrive drive = builder.build()) {
            try (Controller controller = drive.attach();
                    Engine engine = Engine.start(controller, 4)) {
                engine.bytes(controller.namespace(1)).write(5000, ByteBuffer.wrap(written));
            }
            try (Controller controller = drive.attach();
                    Engine engine = Engine.start(controller, 4)) {
                engine.bytes(controller.namespace(1)).read(5000, ByteBuffer.wrap(read));
            }
        }
        assertArrayEquals(written, read);
    }

    @Test
    void aDriveIsWhatItsBuilderSays() {
        try (EmbeddedDrive drive =
                        EmbeddedDrive.inMemory(MEBIBYTE)
                                .blockSize(4096)
                                .metadata(8)
                                .protection(1)
                                .namespaces(2)
                                .serial("ABC")
                                .subsystem("nqn.2026-01.org.example:disk")
                                .build();
                Controller controller = drive.attach()) {
            assertEquals("ABC", controller.identify().serialNumber());
            assertEquals(2, controller.namespaces().size());
            assertEquals(4096, controller.namespace(2).blockSize());
            assertTrue(controller.namespace(1).protection().isPresent());
        }
    }

    @Test
    void aDriveHasOneControllerAtATimeAndIsNotClosedUnderIt() {
        EmbeddedDrive drive = EmbeddedDrive.inMemory(MEBIBYTE).build();
        try (Controller controller = drive.attach()) {
            fails("has a controller already", drive::attach);
            fails("detach it first", drive::close);
            assertEquals(1, controller.namespaces().size());
        }
        drive.close();
        drive.close();
        fails("there is no drive", drive::attach);
    }

    @Test
    void whatNoDriveCanHaveIsSaidWhenItIsBuilt() {
        fails("block", EmbeddedDrive.inMemory(MEBIBYTE).blockSize(513)::build);
        fails("size", EmbeddedDrive.inMemory(0)::build);
        fails("pi:1 needs metadata", EmbeddedDrive.inMemory(MEBIBYTE).protection(1)::build);
        fails(
                "a file holds one",
                EmbeddedDrive.inFile(directory.resolve("disk"), MEBIBYTE).namespaces(2)::build);
        fails(
                "wants one effect: fails, stuck, slow",
                EmbeddedDrive.inMemory(MEBIBYTE).fault(Fault.any())::build);
        EmbeddedDriveBuilder builder = EmbeddedDrive.inMemory(MEBIBYTE);
        assertThrows(IllegalArgumentException.class, () -> builder.serial("A seed:7"));
    }

    @Test
    void commandsMeetTheFaultsThatTheBuilderSaysAndTheHistoryHasThem() {
        Fault unreadable =
                Fault.reads().lba(8, 2).fails(StatusCode.UNRECOVERED_READ_ERROR).untilRewritten();
        Fault refused = Fault.writes().atCommand(1).fails(StatusCode.WRITE_FAULT).doNotRetry();
        Fault slow = Fault.opcode(0x01).lba(100, 1).oneIn(1).once().slow(Duration.ofNanos(1));
        try (EmbeddedDrive drive =
                        EmbeddedDrive.inMemory(MEBIBYTE)
                                .seed(42)
                                .fault(unreadable)
                                .fault(refused)
                                .fault(slow)
                                .build();
                Controller controller = drive.attach();
                Engine engine = Engine.start(controller, 4)) {
            ByteIo io = engine.bytes(controller.namespace(1));
            CommandException first =
                    assertThrows(CommandException.class, () -> io.write(8 * 512, bytes(512)));
            assertTrue(first.status().doNotRetry());
            assertThrows(MediaException.class, () -> io.read(8 * 512, bytes(512)));
            io.write(8 * 512, bytes(512));
            io.read(8 * 512, bytes(512));
            assertThrows(MediaException.class, () -> io.read(9 * 512, bytes(512)));
            io.write(100 * 512, bytes(512));
            List<InjectedFault> history = drive.history();
            assertEquals(List.of(1, 0, 0, 2), history.stream().map(InjectedFault::fault).toList());
            assertEquals(
                    List.of(1L, 2L, 5L, 6L), history.stream().map(InjectedFault::command).toList());
            assertEquals(9, history.get(2).lba());
            assertTrue(history.get(0).status().is(StatusCode.WRITE_FAULT));
            assertEquals(1, history.get(3).delayNanos());
        }
    }

    @Test
    void aCutLosesWhatNoFlushCoversAndAControllerOutlivesIt() {
        for (EmbeddedDriveBuilder.Mode mode : EmbeddedDriveBuilder.Mode.values()) {
            int lost = 0;
            for (int seed = 0; seed < 10; seed++) {
                try (EmbeddedDrive drive =
                                EmbeddedDrive.inMemory(MEBIBYTE)
                                        .mode(mode)
                                        .volatileWriteCache(true)
                                        .atomicWriteUnitPowerFail(2, 4)
                                        .atomicBoundaryPowerFail(8, 0)
                                        .tornBlocksHoldAnything(true)
                                        .seed(seed)
                                        .build();
                        Controller controller = drive.attach()) {
                    lost += losesAWrite(drive, controller) ? 1 : 0;
                }
            }
            assertTrue(lost > 0 && lost < 10, lost + " of 10 writes were lost");
        }
    }

    /** Of two writes, the first of which is flushed. */
    private static boolean losesAWrite(EmbeddedDrive drive, Controller controller) {
        assertEquals(4 * 512, controller.namespace(1).geometry().atomicOnPowerFail().bytes());
        try (Engine engine = Engine.start(controller, 4)) {
            ByteIo io = engine.bytes(controller.namespace(1));
            io.write(0, ByteBuffer.wrap(new byte[] {1}));
            io.force();
            io.write(0, ByteBuffer.wrap(new byte[] {2}));
            drive.cutPower();
            drive.cutPower();
            assertThrows(NvmeException.class, () -> io.read(0, bytes(1)));
        }
        assertThrows(NvmeException.class, () -> controller.reset(1000));
        drive.powerOn();
        drive.powerOn();
        controller.reset(1000);
        ByteBuffer read = bytes(1);
        try (Engine engine = Engine.start(controller, 4)) {
            engine.bytes(controller.namespace(1)).read(0, read);
        }
        assertTrue(read.get(0) == 1 || read.get(0) == 2);
        return read.get(0) == 1;
    }

    @Test
    void aFaultCutsPowerOnceAndTheDriveIsAttachedToAgainWhenItIsBack() {
        try (EmbeddedDrive drive =
                EmbeddedDrive.inMemory(MEBIBYTE)
                        .volatileWriteCache(false)
                        .fault(Fault.after(5).writes().cutsPower())
                        .build()) {
            try (Controller controller = drive.attach();
                    Engine engine = Engine.start(controller, 4)) {
                ByteIo io = engine.bytes(controller.namespace(1));
                for (int block = 0; block < 5; block++) {
                    io.write(block * 512L, bytes(512).put(0, (byte) 7));
                }
                assertThrows(NvmeException.class, () -> io.write(5 * 512, bytes(512)));
            }
            fails("has no power", drive::attach);
            drive.powerOn();
            assertEquals(6, drive.history().getFirst().command());
            try (Controller controller = drive.attach();
                    Engine engine = Engine.start(controller, 4)) {
                ByteBuffer read = bytes(5 * 512);
                engine.bytes(controller.namespace(1)).read(0, read);
                assertEquals(7, read.get(4 * 512));
            }
        }
    }

    @Test
    void theMediumTellsOfSuccessWhereThatIsNotTrue() {
        EmbeddedDriveBuilder builder = EmbeddedDrive.inMemory(MEBIBYTE);
        FaultyMedium.faults().forEach(builder::fault);
        try (EmbeddedDrive drive = builder.build();
                Controller controller = drive.attach();
                Engine engine = Engine.start(controller, 4)) {
            FaultyMedium.meetFaults(engine.bytes(controller.namespace(1)));
            assertEquals(
                    List.of(0, 1, 2, 3, 4, 5),
                    drive.history().stream().map(InjectedFault::fault).toList());
        }
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size);
    }

    private static void fails(String text, Runnable call) {
        NvmeException e = assertThrows(NvmeException.class, call::run);
        assertTrue(String.valueOf(e.getMessage()).contains(text), e.getMessage());
    }
}
