// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The transports that are present on this machine, or the one that is asked for; the I/O tests run
 * over each.
 */
public final class Transports {
    /**
     * System property: transport id to test alone. Its namespace 1, whose data are overwritten, has
     * to read deallocated blocks as zeroes.
     */
    private static final String ONLY_PROPERTY = "nvme4j.test.transport";

    private static final List<Transport> ALL = find();

    private Transports() {}

    /**
     * A transport to test.
     *
     * @param namespace identifier of the namespace to use
     * @param shared whether other tests have written to it before
     */
    public record Transport(String name, String id, int namespace, boolean shared) {
        public Controller attach() {
            return Controller.attach(id);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    public static List<Transport> all() {
        return ALL;
    }

    /**
     * Embedded controllers with these keys, and namespace 1 over each of SPDK's transports: for
     * tests under load.
     */
    public static List<Transport> embeddedAndSpdk(String... keys) {
        List<Transport> all = new ArrayList<>();
        for (String each : keys) {
            String id = "trtype:EMBEDDED size:16M " + each;
            all.add(new Transport("embedded, " + each, id, 1, false));
        }
        ALL.stream()
                .filter(transport -> !transport.id().contains("EMBEDDED"))
                .filter(transport -> transport.namespace() == 1)
                .forEach(all::add);
        return all;
    }

    private static List<Transport> find() {
        String only = System.getProperty(ONLY_PROPERTY);
        return only == null ? findAll() : List.of(new Transport(only, only, 1, true));
    }

    private static List<Transport> findAll() {
        List<Transport> found = new ArrayList<>();
        embedded(found, "inline", "");
        embedded(found, "inline, 4096-byte blocks", "block:4096");
        embedded(found, "threaded", "mode:threaded");
        embedded(found, "scrambled pages", "iova:scrambled");
        embedded(found, "scrambled pages, no SGLs", "iova:scrambled sgl:none");
        embedded(found, "scrambled pages, threaded", "iova:scrambled mode:threaded block:4096");
        embedded(found, "file", "traddr:" + temporaryFile());
        Optional<String> missing = SpdkTarget.missing();
        if (missing.isEmpty()) {
            SpdkTarget target = SpdkTarget.shared();
            found.add(new Transport("vfio-user, 512", target.vfioUserId(), 1, true));
            found.add(new Transport("vfio-user, 4096", target.vfioUserId(), 2, true));
            found.add(new Transport("TCP, 512", target.tcpId(), 1, true));
            found.add(new Transport("TCP, 4096", target.tcpId(), 2, true));
        }
        found.forEach(transport -> System.out.println("transport tested: " + transport));
        missing.ifPresent(why -> System.out.println("transport skipped: SPDK: " + why));
        return List.copyOf(found);
    }

    private static void embedded(List<Transport> found, String name, String options) {
        String id = ("trtype:EMBEDDED size:64M " + options).trim();
        found.add(new Transport("embedded, " + name, id, 1, name.equals("file")));
    }

    private static Path temporaryFile() {
        try {
            Path directory = Files.createTempDirectory("nvme4j-test-");
            Path file = directory.resolve("disk.img");
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(
                                    () -> {
                                        file.toFile().delete();
                                        directory.toFile().delete();
                                    }));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
