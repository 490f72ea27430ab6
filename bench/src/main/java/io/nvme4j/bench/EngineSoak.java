// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.bench;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.engine.CallbackIo;
import io.nvme4j.engine.Engine;
import io.nvme4j.memory.DmaBuffer;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many commands through one engine, and the memory of the process meanwhile: neither the heap nor
 * native memory may grow. Then what processor time an engine takes that has nothing to do.
 * Arguments: millions of commands (200), transport id.
 */
@SuppressWarnings("SystemOut")
public final class EngineSoak {
    private static final int MILLION = 1_000_000;
    private static final int DEPTH = 128;
    private static final int BYTES = 4096;
    private static final int LINES = 10;
    private static final int IDLE_SECONDS = 10;

    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final CompletionHandler handler =
            (tag, status, result) -> {
                completed.setRelease(completed.getPlain() + 1);
                if (status != 0) {
                    failed.incrementAndGet();
                }
            };

    private EngineSoak() {}

    /** Prints a line for each tenth of the commands. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        long commands = (arguments.length > 0 ? Long.parseLong(arguments[0]) : 200) * MILLION;
        String id = arguments.length > 1 ? arguments[1] : "trtype:EMBEDDED size:64M";
        new EngineSoak().run(commands, id);
    }

    private void run(long commands, String id) throws IOException, InterruptedException {
        try (Controller controller = Controller.attach(id);
                DmaBuffer buffer = controller.allocate((long) DEPTH * BYTES);
                Engine engine = Engine.start(controller, DEPTH)) {
            Namespace namespace = controller.namespace(1);
            int blocks = BYTES / namespace.blockSize();
            long places = namespace.blocks() / blocks;
            CallbackIo io = engine.callbacks(handler);
            for (long i = 0; i < commands; i++) {
                long lba = i * 31 % places * blocks;
                long offset = i % DEPTH * BYTES;
                if (i % 4 == 0) {
                    io.write(namespace, lba, blocks, buffer, offset, i);
                } else {
                    io.read(namespace, lba, blocks, buffer, offset, i);
                }
                if ((i + 1) % (commands / LINES) == 0) {
                    tell(i + 1);
                }
            }
            while (completed.getAcquire() < commands) {
                Thread.onSpinWait();
            }
            System.out.printf("%d completed, %d failed%n", completed.get(), failed.get());
            Thread.sleep(100);
            long before = processorNanos();
            Thread.sleep(IDLE_SECONDS * 1000L);
            System.out.printf(
                    "idle: %.2f ms of processor time a second%n",
                    (processorNanos() - before) / 1e6 / IDLE_SECONDS);
        }
    }

    private static long processorNanos() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }

    private static void tell(long commands) throws IOException {
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        String resident =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .findFirst()
                        .orElse("VmRSS: unknown");
        System.out.printf(
                "%5d million  heap %6.1f MiB  %s%n",
                commands / MILLION, heap / 1048576.0, resident.replaceAll("\\s+", " "));
    }
}
