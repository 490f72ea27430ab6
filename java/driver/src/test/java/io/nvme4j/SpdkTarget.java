// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.shim.NativeLibrary;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An {@code nvmf_tgt} of SPDK that tests start and stop: one subsystem, reached by vfio-user and by
 * TCP, with a namespace of 512-byte blocks (1), one of 4096-byte blocks (2), both of {@value
 * #NAMESPACE_MIB} MiB of memory, and one of 512-byte blocks that moves no data (3).
 *
 * <p>The target keeps a processor busy while it runs. It is killed on {@link #close()}, and when
 * the JVM ends, however it ends: a shell between the two waits for the JVM's end of a pipe.
 */
final class SpdkTarget implements AutoCloseable {
    static final String NQN = "nqn.2026-01.io.nvme4j:test";
    static final String SERIAL_NUMBER = "NVME4JTEST";
    static final String MODEL_NUMBER = "nvme4j test target";
    static final int NAMESPACE_512 = 1;
    static final int NAMESPACE_4096 = 2;
    static final int NAMESPACE_NULL = 3;
    static final int NAMESPACE_MIB = 64;

    private static final long LOOK_MILLIS = 20;

    /** System property: prefix that SPDK is installed in. */
    private static final String DIRECTORY_PROPERTY = "nvme4j.spdk.dir";

    private static final int TARGET_MIB = 512;
    private static final int CLIENT_MIB = 256;
    private static final Duration START = Duration.ofSeconds(30);

    private static final String GUARD =
            "\"$@\" </dev/null & target=$!; read -r line; kill -KILL $target; wait $target";

    private final Path directory;
    private final int port;
    private final Path binary;
    private Process guard;
    private final Thread cleaner = new Thread(this::stop, "stop nvmf_tgt");

    private SpdkTarget(Path binary) throws IOException {
        this.binary = binary;
        directory = Files.createTempDirectory("nvme4j-spdk-");
        port = freePort();
        Files.writeString(directory.resolve("config.json"), config(directory, port));
        guard = run();
        Runtime.getRuntime().addShutdownHook(cleaner);
    }

    private Process run() throws IOException {
        return new ProcessBuilder(command(binary))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    /** Why no target can run here, or empty if one can; as it was before the first one ran. */
    static Optional<String> missing() {
        return Missing.REASON;
    }

    private static Optional<String> findMissing() {
        if (!hasTransport()) {
            return Optional.of("nvme4j was built without SPDK");
        }
        if (findBinary().isEmpty()) {
            return Optional.of(
                    "no nvmf_tgt below -D"
                            + DIRECTORY_PROPERTY
                            + ", $SPDK_DIR, pkg-config's prefix of spdk_nvme, /opt/spdk, or in"
                            + " $PATH");
        }
        if (!isRoot()) {
            return Optional.of("nvmf_tgt and its hugepages need root");
        }
        long free = freeHugepageMib();
        if (free < TARGET_MIB + CLIENT_MIB) {
            return Optional.of(
                    "needs "
                            + (TARGET_MIB + CLIENT_MIB)
                            + " MiB of free hugepages and finds "
                            + free
                            + ": as root, sysctl vm.nr_hugepages=1024");
        }
        return Optional.empty();
    }

    /** A target that is started on first use and runs until the JVM ends. */
    static SpdkTarget shared() {
        return Shared.TARGET;
    }

    /** Starts a target and waits until it can be attached to. */
    static SpdkTarget start() {
        Path binary = findBinary().orElseThrow(() -> new IllegalStateException("no nvmf_tgt"));
        try {
            SpdkTarget target = new SpdkTarget(binary);
            try {
                target.awaitListening();
                return target;
            } catch (RuntimeException e) {
                target.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String vfioUserId() {
        return "trtype:VFIOUSER traddr:" + directory + " subnqn:" + NQN;
    }

    String tcpId() {
        return "trtype:TCP adrfam:IPv4 traddr:127.0.0.1 trsvcid:" + port + " subnqn:" + NQN;
    }

    /** Of its discovery service, by TCP. */
    String discoveryId() {
        return tcpId().replaceFirst(" subnqn:.*", "");
    }

    /** Kills the target, as a crash would, and leaves its files. */
    void kill() {
        try {
            guard.getOutputStream().close();
            if (!guard.waitFor(10, TimeUnit.SECONDS)) {
                guard.destroyForcibly();
            }
        } catch (IOException e) {
            guard.destroyForcibly();
        } catch (InterruptedException e) {
            guard.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Starts it again after a {@link #kill}, at the same addresses, with nothing on its disks. */
    void restart() {
        try {
            for (String leftover : List.of("cntrl", "bar0", "rpc.sock", "rpc.sock.lock")) {
                Files.deleteIfExists(directory.resolve(leftover));
            }
            guard = run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitListening();
    }

    /**
     * Starts it again after a {@link #kill} with the two namespaces exchanged that have memory:
     * what had blocks of 512 bytes has them of 4096, and the other way round.
     */
    void restartExchanged() {
        try {
            Path file = directory.resolve("config.json");
            String config = Files.readString(file);
            Files.writeString(
                    file,
                    config.replace("\"B512\", \"nsid\"", "\"other\", \"nsid\"")
                            .replace("\"B4096\", \"nsid\"", "\"B512\", \"nsid\"")
                            .replace("\"other\", \"nsid\"", "\"B4096\", \"nsid\""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        restart();
    }

    /** It answers nothing until {@link #goOn}. */
    void pause() {
        signal("-STOP");
    }

    void goOn() {
        signal("-CONT");
    }

    private void signal(String name) {
        long pid = guard.children().findFirst().orElseThrow().pid();
        try {
            int code = new ProcessBuilder("kill", name, Long.toString(pid)).start().waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill " + name + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook runs or has run.
        }
    }

    private void stop() {
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException e) {
            // Left behind in the temporary directory, which is no reason to fail a test.
        }
    }

    private Path log() {
        return directory.resolve("log");
    }

    private List<String> command(Path binary) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", GUARD, "sh"));
        command.add(binary.toString());
        command.addAll(List.of("-m", "0x1", "-s", Integer.toString(TARGET_MIB), "--no-pci"));
        // Another target on the machine may have claimed the core.
        command.add("--disable-cpumask-locks");
        command.addAll(List.of("-r", directory.resolve("rpc.sock").toString()));
        command.addAll(List.of("-c", directory.resolve("config.json").toString()));
        return command;
    }

    private static String config(Path directory, int port) {
        return """
        {"subsystems": [
          {"subsystem": "bdev", "config": [
            {"method": "bdev_malloc_create",
             "params": {"name": "B512", "num_blocks": %1$d, "block_size": 512}},
            {"method": "bdev_malloc_create",
             "params": {"name": "B4096", "num_blocks": %2$d, "block_size": 4096}},
            {"method": "bdev_null_create",
             "params": {"name": "Null", "num_blocks": 67108864, "block_size": 512}}]},
          {"subsystem": "nvmf", "config": [
            {"method": "nvmf_create_transport", "params": {"trtype": "VFIOUSER"}},
            {"method": "nvmf_create_transport", "params": {"trtype": "TCP"}},
            {"method": "nvmf_create_subsystem",
             "params": {"nqn": "%3$s", "allow_any_host": true, "serial_number": "%4$s",
                        "model_number": "%5$s", "max_namespaces": 8}},
            {"method": "nvmf_subsystem_add_ns",
             "params": {"nqn": "%3$s", "namespace": {"bdev_name": "B512", "nsid": 1}}},
            {"method": "nvmf_subsystem_add_ns",
             "params": {"nqn": "%3$s", "namespace": {"bdev_name": "B4096", "nsid": 2}}},
            {"method": "nvmf_subsystem_add_ns",
             "params": {"nqn": "%3$s", "namespace": {"bdev_name": "Null", "nsid": 3}}},
            {"method": "nvmf_subsystem_add_listener",
             "params": {"nqn": "%3$s",
                        "listen_address": {"trtype": "VFIOUSER", "traddr": "%6$s"}}},
            {"method": "nvmf_subsystem_add_listener",
             "params": {"nqn": "%3$s",
                        "listen_address": {"trtype": "TCP", "adrfam": "IPv4",
                                           "traddr": "127.0.0.1", "trsvcid": "%7$d"}}}]}]}
        """
                .formatted(
                        NAMESPACE_MIB * 2048,
                        NAMESPACE_MIB * 256,
                        NQN,
                        SERIAL_NUMBER,
                        MODEL_NUMBER,
                        directory,
                        port);
    }

    private void awaitListening() {
        long deadline = System.nanoTime() + START.toNanos();
        while (!Files.exists(directory.resolve("cntrl")) || !listens()) {
            if (System.nanoTime() - deadline > 0 || ends() || hasEnded()) {
                throw new IllegalStateException("nvmf_tgt does not start:\n" + logText());
            }
        }
    }

    /** Whether its shell ends before it is time to look again whether it listens. */
    private boolean ends() {
        try {
            return guard.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Whether nvmf_tgt has; the shell that it is a child of goes on waiting for us. */
    private boolean hasEnded() {
        boolean log = log().toFile().length() > 0;
        return !guard.isAlive() || (log && guard.children().noneMatch(ProcessHandle::isAlive));
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private String logText() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean hasTransport() {
        String library = "libnvme4j_spdk.so";
        String directory = System.getProperty(NativeLibrary.PATH_PROPERTY);
        return directory != null
                ? Files.exists(Path.of(directory, library))
                : SpdkTarget.class.getResource("/META-INF/native/linux-x86_64/" + library) != null;
    }

    /** The nvmf_tgt that is installed; SPDK's other programs are beside it. */
    static Optional<Path> findBinary() {
        Stream<Path> directories =
                Stream.of(
                                Optional.ofNullable(System.getProperty(DIRECTORY_PROPERTY))
                                        .map(SpdkTarget::bin),
                                Optional.ofNullable(System.getenv("SPDK_DIR")).map(SpdkTarget::bin),
                                pkgConfigPrefix().map(SpdkTarget::bin),
                                Optional.of(bin("/opt/spdk")))
                        .flatMap(Optional::stream);
        Stream<Path> path =
                Arrays.stream(
                                Objects.requireNonNullElse(System.getenv("PATH"), "")
                                        .split(File.pathSeparator))
                        .filter(entry -> !entry.isEmpty())
                        .map(Path::of);
        return Stream.concat(directories, path)
                .map(directory -> directory.resolve("nvmf_tgt"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path bin(String prefix) {
        return Path.of(prefix, "bin");
    }

    /** SPDK's pkg-config files have no variable for it, but name the directory of the libraries. */
    private static Optional<String> pkgConfigPrefix() {
        try {
            Process process =
                    new ProcessBuilder("pkg-config", "--libs-only-L", "spdk_nvme")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            byte[] output = process.getInputStream().readAllBytes();
            String first = new String(output, StandardCharsets.UTF_8).strip().split("\\s+", -1)[0];
            return first.startsWith("-L")
                    ? Optional.ofNullable(Path.of(first.substring(2)).getParent())
                            .map(Path::toString)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static long freeHugepageMib() {
        return meminfo("HugePages_Free:") * meminfo("Hugepagesize:") / 1024;
    }

    private static long meminfo(String field) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[1]))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static final class Missing {
        static final Optional<String> REASON = findMissing();
    }

    private static final class Shared {
        static final SpdkTarget TARGET = start();
    }
}
