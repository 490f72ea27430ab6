// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The command in a process of its own, for signals and locks. */
public final class Child implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 60;
    private static final int NANOS_BETWEEN_LOOKS = 1_000_000;

    private final Process process;
    private final Path out;
    private final Path err;

    public Child(Path directory, String... arguments) throws IOException {
        this.out = Files.createTempFile(directory, "out", ".txt");
        this.err = Files.createTempFile(directory, "err", ".txt");
        this.process =
                new ProcessBuilder(command(arguments))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
    }

    /** What starts it. */
    public static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        String libraries = System.getProperty("nvme4j.library.path");
        if (libraries != null) {
            command.add("-Dnvme4j.library.path=" + libraries);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Sends a signal, such as INT. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    public int awaitExit() throws InterruptedException {
        assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), "it does not end");
        return process.exitValue();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Something that may throw, as it looks at files. */
    public interface Condition {
        boolean holds() throws IOException;
    }

    /** Waits for something that it does, and fails if it ends before. */
    public void await(Condition condition) throws IOException {
        while (!condition.holds()) {
            assertTrue(isAlive(), err());
            LockSupport.parkNanos(NANOS_BETWEEN_LOOKS); // it may need the processor
        }
    }

    public String out() throws IOException {
        return Files.readString(out);
    }

    public String err() throws IOException {
        return Files.readString(err);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
