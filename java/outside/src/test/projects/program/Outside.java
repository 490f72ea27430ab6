// SPDX-License-Identifier: Apache-2.0
package stranger;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.engine.Engine;
import io.nvme4j.memory.DmaBuffer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Writes and reads by a queue pair, by futures, and from virtual threads. */
public final class Outside {
    private static final int THREADS = 20;

    private Outside() {}

    public static void main(String[] arguments) throws Exception {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:64M")) {
            Namespace namespace = controller.namespace(1);
            byQueuePair(controller, namespace);
            try (Engine engine = Engine.start(controller, 8)) {
                byFutures(engine, namespace);
                byVirtualThreads(engine, namespace);
            }
        }
        System.out.println("read what was written");
    }

    private static void byQueuePair(Controller controller, Namespace namespace) {
        try (DmaBuffer buffer = controller.allocate(8192);
                QueuePair queue = controller.queuePair(4)) {
            buffer.segment().set(ValueLayout.JAVA_LONG, 0, 42);
            queue.write(namespace, 0, 8, buffer, 0, 1);
            settle(queue);
            queue.read(namespace, 0, 8, buffer, 4096, 2);
            settle(queue);
            check(42, buffer.segment().get(ValueLayout.JAVA_LONG, 4096));
        }
    }

    private static void settle(QueuePair queue) {
        while (queue.inFlight() > 0) {
            queue.process((tag, status, result) -> check(0, status));
        }
    }

    private static void byFutures(Engine engine, Namespace namespace) {
        MemorySegment there = MemorySegment.ofArray(new byte[4096]);
        MemorySegment back = MemorySegment.ofArray(new byte[4096]);
        there.fill((byte) 7);
        engine.futures().write(namespace, 8, there).join();
        engine.futures().read(namespace, 8, back).join();
        check(-1, there.mismatch(back));
    }

    private static void byVirtualThreads(Engine engine, Namespace namespace) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                long lba = 16 + 8L * thread;
                all.add(threads.submit(() -> byBlocking(engine, namespace, lba)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private static void byBlocking(Engine engine, Namespace namespace, long lba) {
        MemorySegment there = MemorySegment.ofArray(new byte[4096]);
        MemorySegment back = MemorySegment.ofArray(new byte[4096]);
        there.fill((byte) lba);
        engine.blocking().write(namespace, lba, there);
        engine.blocking().read(namespace, lba, back);
        check(-1, there.mismatch(back));
    }

    private static void check(long expected, long found) {
        if (expected != found) {
            throw new AssertionError("expected " + expected + ", found " + found);
        }
    }
}
