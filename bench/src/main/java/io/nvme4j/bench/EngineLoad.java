// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.bench;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.engine.CallbackIo;
import io.nvme4j.engine.Engine;
import io.nvme4j.memory.DmaBuffer;

import java.util.concurrent.TimeUnit;

/**
 * Reads in a second that one thread publishes as fast as the ring takes them, while other programs
 * may be busy: all waiting is the engine's own. Prints a line for each run. Arguments: runs (5),
 * seconds of each (2), transport id (the null namespace).
 */
@SuppressWarnings("SystemOut")
public final class EngineLoad {
    private static final int DEPTH = 128;
    private static final int BYTES = 4096;
    private static final int LOOK = 1024;

    private EngineLoad() {}

    /** Prints millions of reads a second. */
    public static void main(String[] arguments) {
        int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        long seconds = arguments.length > 1 ? Long.parseLong(arguments[1]) : 2;
        String id = arguments.length > 2 ? arguments[2] : "trtype:EMBEDDED traddr:null size:64G";
        try (Controller controller = Controller.attach(id);
                DmaBuffer buffer = controller.allocate((long) DEPTH * BYTES)) {
            for (int i = 0; i < runs; i++) {
                long began = System.nanoTime();
                long reads = run(controller, buffer, began + TimeUnit.SECONDS.toNanos(seconds));
                System.out.printf(
                        "%.2f million reads a second%n", reads * 1e3 / (System.nanoTime() - began));
            }
        }
    }

    private static long run(Controller controller, DmaBuffer buffer, long end) {
        Namespace namespace = controller.namespace(1);
        int blocks = BYTES / namespace.blockSize();
        long reads = 0;
        try (Engine engine = Engine.start(controller, DEPTH)) {
            CallbackIo io = engine.callbacks((tag, status, result) -> {});
            while (reads % LOOK != 0 || System.nanoTime() < end) {
                long place = reads++ % DEPTH;
                io.read(namespace, place * blocks, blocks, buffer, place * BYTES, 0);
            }
        }
        return reads;
    }
}
