// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.shim.generated.Nvme4j;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Locale;

/**
 * Loads {@code libnvme4j.so} once in a process and checks that it is the one that these classes
 * were generated for.
 *
 * <p>The library is taken from the directory that the system property {@value #PATH_PROPERTY}
 * names, else from the jar, out of which it is copied to a temporary directory that is deleted when
 * the JVM ends.
 */
public final class NativeLibrary {
    /** System property: directory that holds {@code libnvme4j.so} and {@code libnvme4j_spdk.so}. */
    public static final String PATH_PROPERTY = "nvme4j.library.path";

    private static final String TEMPORARY_PROPERTY = "java.io.tmpdir";

    /** Of the names of temporary directories; numbers of namespace and process follow. */
    private static final String PREFIX = "nvme4j-";

    static final String CORE = "libnvme4j.so";
    static final String SPDK = "libnvme4j_spdk.so";

    private static boolean ready;

    private NativeLibrary() {}

    /**
     * Loads the library on the first call that can.
     *
     * @throws NvmeException if it is missing or is not the one of these classes
     */
    static synchronized void ensureLoaded() {
        if (!ready) {
            load();
            checkAbi();
            ready = true;
        }
    }

    /** Loads what a transport needs, and tells which libraries these are. */
    public static String loadTransport(String trtype) {
        ensureLoaded();
        return ErrorText.text(
                "loading transport " + trtype,
                (arena, text, size) ->
                        Nvme4j.n4j_transport_load(arena.allocateFrom(trtype), text, size));
    }

    private static void load() {
        String directory = System.getProperty(PATH_PROPERTY);
        if (directory != null) {
            load(Path.of(directory).toAbsolutePath().resolve(CORE));
            return;
        }
        try {
            String prefix = prefix();
            Path temporary =
                    Files.createTempDirectory(prefix + ProcessHandle.current().pid() + "-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(temporary)));
            deleteLeftovers(temporary, prefix);
            if (!unpack(CORE, temporary)) {
                throw new NvmeException(
                        "nvme4j has no native library for "
                                + platform()
                                + " in its jar: build it with mvn package on this platform, or set"
                                + " -D"
                                + PATH_PROPERTY
                                + " to a directory that holds "
                                + CORE);
            }
            unpack(SPDK, temporary);
            loadUnpacked(temporary.resolve(CORE));
        } catch (IOException e) {
            throw new NvmeException(
                    "can't unpack the native library to "
                            + System.getProperty(TEMPORARY_PROPERTY)
                            + ": set -D"
                            + TEMPORARY_PROPERTY
                            + " to a directory that can be written; "
                            + e.getMessage());
        }
    }

    private static void loadUnpacked(Path library) {
        try {
            load(library);
        } catch (NvmeException e) {
            throw new NvmeException(
                    e.getMessage()
                            + "; if that is on a file system that is mounted noexec, set -D"
                            + TEMPORARY_PROPERTY
                            + " to a directory on another, or -D"
                            + PATH_PROPERTY
                            + " to one that holds "
                            + CORE);
        }
    }

    private static void load(Path library) {
        try {
            System.load(library.toString());
        } catch (UnsatisfiedLinkError e) {
            throw new NvmeException("can't load " + library + ": " + e.getMessage());
        }
    }

    private static boolean unpack(String name, Path directory) throws IOException {
        String resource = "/META-INF/native/" + platform() + "/" + name;
        try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                return false;
            }
            Files.copy(in, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            return true;
        }
    }

    /**
     * Deletes what processes that were killed could not: directories of this user's, by process id.
     * A process id means something in its own namespace only, as containers may share a temporary
     * directory.
     *
     * @param own the directory of this process, whose owner is the user
     */
    static void deleteLeftovers(Path own, String prefix) throws IOException {
        UserPrincipal user = Files.getOwner(own, LinkOption.NOFOLLOW_LINKS);
        try (DirectoryStream<Path> directories =
                Files.newDirectoryStream(own.resolveSibling("."), prefix + "[0-9]*-*")) {
            for (Path directory : directories) {
                String name = directory.getFileName().toString();
                String pid = name.substring(prefix.length(), name.indexOf('-', prefix.length()));
                if (!Files.exists(Path.of("/proc", pid)) && isDirectoryOf(user, directory)) {
                    delete(directory);
                }
            }
        }
    }

    /** False as well where it has vanished, as another process that starts deletes the same. */
    private static boolean isDirectoryOf(UserPrincipal user, Path path) {
        try {
            return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(user);
        } catch (IOException e) {
            return false;
        }
    }

    /** Of directories of this process-id namespace's, whose number the kernel tells. */
    static String prefix() {
        try {
            String namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return PREFIX + namespace.replaceAll("[^0-9]", "") + "-";
        } catch (IOException e) {
            return PREFIX + "0-"; // no such file: no such namespaces
        }
    }

    /** Deletes the directory and the files that this class puts there, and no others. */
    private static void delete(Path directory) {
        try {
            Files.deleteIfExists(directory.resolve(CORE));
            Files.deleteIfExists(directory.resolve(SPDK));
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // Left behind in the temporary directory, which is no reason to complain at exit.
        }
    }

    private static String platform() {
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return System.getProperty("os.name").toLowerCase(Locale.ROOT)
                + "-"
                + (architecture.equals("amd64") ? "x86_64" : architecture);
    }

    private static void checkAbi() {
        int version = Nvme4j.n4j_abi_version();
        if (version != Nvme4j.N4J_ABI_VERSION()) {
            throw new NvmeException(
                    CORE
                            + " is of ABI version "
                            + version
                            + ", these classes of "
                            + Nvme4j.N4J_ABI_VERSION()
                            + ": use the library of the same build");
        }
        int[] expected = RecordLayouts.numbers();
        int[] actual = nativeLayout(expected.length);
        if (!Arrays.equals(expected, actual)) {
            throw new NvmeException(
                    "the records of "
                            + CORE
                            + " are laid out as "
                            + Arrays.toString(actual)
                            + ", these classes expect "
                            + Arrays.toString(expected)
                            + ": use the library of the same build");
        }
    }

    private static int[] nativeLayout(int expected) {
        try (Arena arena = Arena.ofConfined()) {
            int count = Nvme4j.n4j_abi_layout(MemorySegment.NULL, 0);
            MemorySegment numbers = arena.allocate(ValueLayout.JAVA_INT, Math.max(count, expected));
            Nvme4j.n4j_abi_layout(numbers, count);
            return numbers.asSlice(0, 4L * count).toArray(ValueLayout.JAVA_INT);
        }
    }
}
