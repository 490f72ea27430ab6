// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.engine.BlockingIo;
import io.nvme4j.engine.Engine;
import io.nvme4j.engine.IoOptions;
import io.nvme4j.engine.RecoveryPolicy;
import io.nvme4j.error.Errno;
import io.nvme4j.error.ShimException;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A target that is killed under its engine, and comes back. */
class TargetGoneTest {
    private static final int READS = 200;
    private static final MemorySegment ZEROES = MemorySegment.ofArray(new byte[4096]);

    @ParameterizedTest
    @ValueSource(strings = {"VFIOUSER", "TCP"})
    void theEngineSurvivesItsTarget(String transport) throws Exception {
        assumeTrue(SpdkTarget.missing().isEmpty(), () -> SpdkTarget.missing().orElseThrow());
        try (SpdkTarget target = SpdkTarget.start()) {
            String id = transport.equals("TCP") ? target.tcpId() : target.vfioUserId();
            try (Controller controller = Controller.attach(id);
                    DmaBuffer buffer = controller.allocate(4096);
                    Engine engine =
                            Engine.builder(controller)
                                    .depth(8)
                                    .recovery(new RecoveryPolicy(1000, 100))
                                    .start()) {
                Namespace namespace = controller.namespace(SpdkTarget.NAMESPACE_512);
                engine.blocking().read(namespace, 0, 1, buffer, 0);
                killUnderLoad(target, engine, namespace, buffer);
                timeOut(engine, namespace, buffer);
                target.restart();
                readUntilItWorks(engine, namespace, buffer);
                assertTrue(engine.statistics().recoveries() > 0);
            }
        }
    }

    /** What waits when the target comes back was made for blocks of 512 bytes, not of 4096. */
    @ParameterizedTest
    @ValueSource(strings = {"VFIOUSER", "TCP"})
    void whatWaitsIsNotSentToOtherBlocks(String transport) throws Exception {
        assumeTrue(SpdkTarget.missing().isEmpty(), () -> SpdkTarget.missing().orElseThrow());
        try (SpdkTarget target = SpdkTarget.start()) {
            String id = transport.equals("TCP") ? target.tcpId() : target.vfioUserId();
            try (Controller controller = Controller.attach(id);
                    DmaBuffer buffer = controller.allocate(4096)) {
                Namespace old = controller.namespace(SpdkTarget.NAMESPACE_512);
                try (Engine engine =
                        Engine.builder(controller)
                                .depth(8)
                                .recovery(new RecoveryPolicy(1000, 100))
                                .start()) {
                    buffer.segment().fill((byte) 0x5A);
                    target.kill();
                    awaitWaiting(engine, old, buffer);
                    List<CompletableFuture<Integer>> waiting = new ArrayList<>();
                    for (int i = 0; i < 20; i++) {
                        waiting.add(engine.futures().write(old, i, 1, buffer, 0));
                    }
                    target.restartExchanged();
                    waiting.forEach(TargetGoneTest::assertStale);
                }
                assertNothingWasWritten(controller, buffer);
            }
        }
    }

    /** Until reads wait for the target instead of failing with it. */
    private static void awaitWaiting(Engine engine, Namespace namespace, DmaBuffer buffer) {
        BlockingIo hurried = engine.blocking(IoOptions.DEFAULT.timeout(Duration.ofMillis(300)));
        int errno;
        do {
            ShimException e =
                    assertThrows(
                            ShimException.class, () -> hurried.read(namespace, 0, 1, buffer, 0));
            errno = e.errno();
        } while (errno != Errno.ETIMEDOUT);
    }

    private static void assertStale(CompletableFuture<Integer> write) {
        ExecutionException e =
                assertThrows(ExecutionException.class, () -> write.get(60, TimeUnit.SECONDS));
        ShimException cause = assertInstanceOf(ShimException.class, e.getCause());
        assertEquals(Errno.ESTALE, cause.errno(), cause.getMessage());
        assertTrue(String.valueOf(cause.getMessage()).contains("other blocks"));
    }

    private static void assertNothingWasWritten(Controller controller, DmaBuffer buffer) {
        Namespace now = controller.namespace(SpdkTarget.NAMESPACE_512);
        assertEquals(4096, now.blockSize());
        try (Engine another = Engine.start(controller, 4)) {
            for (int lba = 0; lba < 20; lba++) {
                another.blocking().read(now, lba, 1, buffer, 0);
                assertEquals(-1, buffer.segment().mismatch(ZEROES));
            }
        }
    }

    /** Each of the reads is told of once, as read or as failed. */
    private static void killUnderLoad(
            SpdkTarget target, Engine engine, Namespace namespace, DmaBuffer buffer)
            throws Exception {
        AtomicInteger told = new AtomicInteger();
        List<CompletableFuture<Integer>> reads = new ArrayList<>();
        IoOptions limited = IoOptions.DEFAULT.timeout(Duration.ofSeconds(3));
        for (int i = 0; i < READS; i++) {
            if (i == READS / 2) {
                target.kill();
            }
            reads.add(
                    engine.futures(limited)
                            .read(namespace, i, 1, buffer, 0)
                            .whenComplete((result, e) -> told.incrementAndGet()));
        }
        CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
                .handle((result, e) -> null)
                .get(60, TimeUnit.SECONDS);
        assertEquals(READS, told.get());
    }

    /** What waits for the target to come back waits no longer than it is allowed to. */
    private static void timeOut(Engine engine, Namespace namespace, DmaBuffer buffer) {
        BlockingIo hurried = engine.blocking(IoOptions.DEFAULT.timeout(Duration.ofMillis(300)));
        ShimException e =
                assertThrows(ShimException.class, () -> hurried.read(namespace, 0, 1, buffer, 0));
        assertEquals(Errno.ETIMEDOUT, e.errno());
    }

    private static void readUntilItWorks(Engine engine, Namespace namespace, DmaBuffer buffer) {
        BlockingIo patient = engine.blocking(IoOptions.DEFAULT.timeout(Duration.ofSeconds(60)));
        for (int attempt = 0; ; attempt++) {
            try {
                patient.read(namespace, 0, 1, buffer, 0);
                return;
            } catch (ShimException e) {
                assertTrue(attempt < 10, e.getMessage());
            }
        }
    }
}
