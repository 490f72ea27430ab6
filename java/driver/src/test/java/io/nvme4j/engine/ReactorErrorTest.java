// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.Controller;
import io.nvme4j.error.Errno;
import io.nvme4j.internal.engine.LaneRing;
import io.nvme4j.internal.engine.Request;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What an Error on the reactor, as where no memory is left, leaves in order. */
class ReactorErrorTest {
    private static final int CANCELLED = Errno.ECANCELED << 16;

    /** Publishes what throws when the reactor comes to it. */
    private static void publishThrower(Engine engine, Queue<Integer> statuses) {
        LaneRing ring = engine.ring(0);
        Request request = Objects.requireNonNull(ring.claim(Long.MAX_VALUE));
        request.tells((tag, status, result) -> statuses.add(status))
                .with(
                        (lane, caller) -> {
                            throw new OutOfMemoryError("a test's");
                        });
        ring.publish(request);
        ring.wake();
    }

    @Test
    void everyCallerIsToldOnceAndAllCanBeClosed() throws Exception {
        try (Controller controller =
                        Controller.attach("trtype:EMBEDDED size:1M mode:threaded latency:1000s");
                Controller other = Controller.attach("trtype:EMBEDDED size:1M");
                DmaBuffer buffer = controller.allocate(4096);
                ReactorGroup group = ReactorGroup.start(1, IdleStrategy.SLEEP);
                Engine engine = Engine.builder(controller).depth(4).reactors(group).start();
                Engine neighbour = Engine.builder(other).depth(4).reactors(group).start()) {
            Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
            CountDownLatch told = new CountDownLatch(1);
            engine.callbacks(
                            (tag, status, result) -> {
                                statuses.add(status);
                                told.countDown();
                            })
                    .read(controller.namespace(1), 0, 1, buffer, 0, 0);
            publishThrower(engine, statuses);
            assertTrue(told.await(30, TimeUnit.SECONDS));
            neighbour.blocking().flush(other.namespace(1));
            engine.close(Duration.ofSeconds(30));
            assertEquals(List.of(CANCELLED, CANCELLED), List.copyOf(statuses));
        }
    }
}
