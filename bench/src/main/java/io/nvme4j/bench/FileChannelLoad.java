// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Random reads of a file with the JDK's own channels, past the page cache, as many at once as asked
 * for: a thread for each with FileChannel, a completion handler for each with
 * AsynchronousFileChannel. Prints the IOPS of the time after a warm-up.
 */
public final class FileChannelLoad {
    private static final int ALIGNMENT = 4096;

    private final Path file;
    private final int depth;
    private final int size;
    private final LongAdder completed = new LongAdder();
    private volatile boolean isOver;

    private FileChannelLoad(Path file, int depth, int size) {
        this.file = file;
        this.depth = depth;
        this.size = size;
    }

    /**
     * Runs.
     *
     * @param arguments {@code sync} or {@code async}, file, depth, bytes of an I/O, seconds,
     *     seconds of warm-up
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 6) {
            System.err.println("sync|async FILE DEPTH BYTES SECONDS WARMUP");
            System.exit(2);
        }
        FileChannelLoad load =
                new FileChannelLoad(
                        Path.of(arguments[1]),
                        Integer.parseInt(arguments[2]),
                        Integer.parseInt(arguments[3]));
        double iops =
                load.run(
                        arguments[0].equals("async"),
                        Integer.parseInt(arguments[4]),
                        Integer.parseInt(arguments[5]));
        System.out.printf(Locale.ROOT, "%.1f%n", iops);
    }

    private double run(boolean isAsync, int seconds, int warmupSeconds) throws Exception {
        CountDownLatch ended = new CountDownLatch(depth);
        if (isAsync) {
            startAsync(ended);
        } else {
            startSync(ended);
        }
        TimeUnit.SECONDS.sleep(warmupSeconds);
        long begin = System.nanoTime();
        completed.reset();
        TimeUnit.SECONDS.sleep(seconds);
        double iops = completed.sum() * 1e9 / (System.nanoTime() - begin);
        isOver = true;
        ended.await();
        return iops;
    }

    private void startSync(CountDownLatch ended) throws IOException {
        FileChannel channel = FileChannel.open(file, options());
        long ios = channel.size() / size;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            threads.add(new Thread(() -> readUntilOver(channel, ios, ended)));
        }
        threads.forEach(Thread::start);
    }

    /** By reflection, as the compiler warns of this option of the JDK's. */
    private static Set<OpenOption> options() {
        try {
            Class<?> type = Class.forName("com.sun.nio.file.ExtendedOpenOption");
            return Set.of(StandardOpenOption.READ, (OpenOption) type.getField("DIRECT").get(null));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK reads past the page cache by no option", e);
        }
    }

    private void readUntilOver(FileChannel channel, long ios, CountDownLatch ended) {
        ByteBuffer buffer = buffer();
        try {
            while (!isOver) {
                channel.read(rewound(buffer), offset(ios));
                completed.increment();
            }
        } catch (IOException e) {
            fail(e);
        } finally {
            ended.countDown();
        }
    }

    private void startAsync(CountDownLatch ended) throws IOException {
        // The JDK has a thread block for each read.
        AsynchronousFileChannel channel =
                AsynchronousFileChannel.open(
                        file,
                        options(),
                        Executors.newFixedThreadPool(depth, FileChannelLoad::daemon));
        long ios = channel.size() / size;
        for (int i = 0; i < depth; i++) {
            ByteBuffer buffer = buffer();
            channel.read(
                    buffer,
                    offset(ios),
                    buffer,
                    new CompletionHandler<Integer, ByteBuffer>() {
                        @Override
                        public void completed(Integer bytes, ByteBuffer own) {
                            completed.increment();
                            if (isOver) {
                                ended.countDown();
                            } else {
                                channel.read(rewound(own), offset(ios), own, this);
                            }
                        }

                        @Override
                        public void failed(Throwable e, ByteBuffer own) {
                            fail(e);
                            ended.countDown();
                        }
                    });
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    private ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(size + ALIGNMENT).alignedSlice(ALIGNMENT).limit(size);
    }

    private ByteBuffer rewound(ByteBuffer buffer) {
        return buffer.position(0).limit(size);
    }

    private long offset(long ios) {
        return ThreadLocalRandom.current().nextLong(ios) * size;
    }

    private static void fail(Throwable e) {
        System.err.println(e);
        System.exit(1);
    }
}
