// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.bench;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.QueuePair;
import io.nvme4j.memory.DmaBuffer;

import java.util.Arrays;

/**
 * Nanoseconds that a 4 KiB random read takes a program that uses a queue pair directly: step for
 * step the loop of {@code native/test/embedded_speed.c}, which {@code bench/compare-c-loop} runs in
 * turns with it. Arguments: depth, keys of the embedded controller.
 */
public final class QueuePairLoop implements CompletionHandler {
    private static final int BYTES = 4096;
    private static final int BLOCKS = BYTES / 512;
    private static final int COMMANDS = 2_000_000;
    private static final int WARM_UP_RUNS = 3;
    private static final int RUNS = 9;

    private final Namespace namespace;
    private final DmaBuffer buffer;
    private final QueuePair queue;

    /* Slots without a command: a stack. */
    private final int[] free;
    private int freeCount;
    private long random = 1;
    private long failed;

    private QueuePairLoop(Namespace namespace, DmaBuffer buffer, QueuePair queue) {
        this.namespace = namespace;
        this.buffer = buffer;
        this.queue = queue;
        this.free = new int[queue.depth()];
        while (freeCount < free.length) {
            free[freeCount] = freeCount++;
        }
    }

    /** Prints the median of nine runs. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) {
        int depth = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 32;
        String keys = arguments.length > 1 ? arguments[1] : "traddr:null size:64G";
        try (Controller controller = Controller.attach("trtype:EMBEDDED " + keys);
                DmaBuffer buffer = controller.allocate((long) depth * BYTES);
                QueuePair queue = controller.queuePair(depth)) {
            QueuePairLoop loop = new QueuePairLoop(controller.namespace(1), buffer, queue);
            double[] nanos = new double[RUNS];
            for (int run = -WARM_UP_RUNS; run < RUNS; run++) {
                nanos[Math.max(0, run)] = loop.run();
            }
            Arrays.sort(nanos);
            System.out.printf("Java  depth %4d  %6.2f ns%n", depth, nanos[RUNS / 2]);
            if (loop.failed > 0) {
                throw new AssertionError(loop.failed + " reads failed");
            }
        }
    }

    /** Keeps the queue full until {@code COMMANDS} have completed, and all of them have. */
    private double run() {
        long begin = System.nanoTime();
        int submitted = 0;
        int completed = 0;
        while (completed < COMMANDS) {
            while (freeCount > 0 && submitted < COMMANDS) {
                int slot = free[--freeCount];
                queue.read(namespace, randomLba(), BLOCKS, buffer, (long) slot * BYTES, slot);
                submitted++;
            }
            completed += queue.process(this);
        }
        return (double) (System.nanoTime() - begin) / COMMANDS;
    }

    /** One of 2^24 places. */
    private long randomLba() {
        random = random * 6364136223846793005L + 1442695040888963407L;
        return (random >>> 40) * BLOCKS;
    }

    @Override
    public void onCompletion(long tag, int status, int result) {
        failed += status == 0 ? 0 : 1;
        free[freeCount++] = (int) tag;
    }
}
