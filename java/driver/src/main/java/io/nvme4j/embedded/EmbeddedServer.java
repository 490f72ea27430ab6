// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import io.nvme4j.TransportId;
import io.nvme4j.error.ShimException;
import io.nvme4j.internal.shim.NativeServer;

import java.nio.file.Path;
import java.util.Objects;

/**
 * An embedded controller that other processes attach to, by vfio-user: SPDK's programs, and
 * whatever else speaks that protocol. It has a processor of its own while hosts work, as it polls.
 * Several may be served in a process. Thread-safe.
 *
 * <p>Hosts come one after the other; a second one at the same time is turned away. They are not
 * trusted: one that breaks the protocol, or takes its memory away, is left, and the next one
 * served. SPDK's programs need {@code -g}, so that their memory is one file.
 */
public final class EmbeddedServer implements AutoCloseable {
    private final NativeServer server;

    private EmbeddedServer(NativeServer server) {
        this.server = server;
    }

    /**
     * Powers a controller on and serves it, until {@link #close}.
     *
     * @param transportId of an embedded controller, {@code trtype:EMBEDDED} with its keys; mode is
     *     of no account
     * @param directory where hosts find it; it is made if it isn't there, and may have no blanks in
     *     its absolute path, and 101 bytes at most
     * @return the server, which the caller closes
     * @throws ShimException if the transport id is not an embedded controller's, the directory
     *     can't have a socket, or a controller is served there already
     */
    public static EmbeddedServer start(String transportId, Path directory) {
        Objects.requireNonNull(transportId, "transportId");
        String place = directory.toAbsolutePath().normalize().toString();
        return new EmbeddedServer(NativeServer.start(transportId, place));
    }

    /** {@return what hosts attach with: {@code trtype:VFIOUSER traddr:DIRECTORY subnqn:NQN}} */
    public TransportId transportId() {
        return new TransportId(server.transportId());
    }

    /**
     * Leaves the host that is attached, if there is one, powers the controller off, and takes its
     * socket away. A second call does nothing.
     */
    @Override
    public void close() {
        server.stop();
    }
}
