// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.shim.NativeController;
import io.nvme4j.internal.wait.CallsUnderWay;
import io.nvme4j.spec.DiscoveryLogEntry;
import io.nvme4j.spec.DiscoveryLogHeader;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A discovery controller that this process is attached to: it tells which subsystems hosts can
 * connect to, and does no I/O (Base Specification, "Discovery Service"). Thread-safe.
 */
public final class DiscoveryService implements AutoCloseable {
    /** NVMe Qualified Name that every discovery service answers to. */
    public static final String NQN = "nqn.2014-08.org.nvmexpress.discovery";

    /** Attempts to read a log page that changes meanwhile. */
    private static final int ATTEMPTS = 5;

    /** More entries than any service has; a larger number is not believed. */
    private static final long MOST_ENTRIES = 1 << 16;

    private final NativeController controller;
    private final CallsUnderWay calls = new CallsUnderWay();
    private final AdminCommands commands;
    private final Inquiry inquiry;
    private boolean closed;

    private DiscoveryService(NativeController controller) {
        this.controller = controller;
        this.commands =
                new AdminCommands(
                        controller,
                        new DmaMemory(controller),
                        calls,
                        new AtomicInteger(),
                        event -> {}); // that entries have changed, a reader finds out by itself
        this.inquiry = new Inquiry(commands, Inquiry.LIMIT_NANOS);
    }

    /**
     * Attaches to the discovery service of a target.
     *
     * @param transportId such as {@code trtype:TCP traddr:10.0.0.1 trsvcid:8009}; where it has no
     *     subnqn, {@link #NQN} is meant
     * @return the service, which the caller closes
     * @throws NvmeException if no service answers there
     */
    public static DiscoveryService attach(String transportId) {
        return attach(transportId, AttachOptions.DEFAULT);
    }

    /**
     * Attaches to the discovery service of a target, in a certain way.
     *
     * @param transportId as in {@link #attach(String)}
     * @param options what is to be otherwise than by default
     * @return the service, which the caller closes
     * @throws NvmeException as that does
     * @throws IllegalStateException if SPDK runs in this process with something else than the
     *     options want, which it names
     */
    public static DiscoveryService attach(String transportId, AttachOptions options) {
        Objects.requireNonNull(transportId, "transportId");
        boolean named = new TransportId(transportId).get("subnqn").isPresent();
        NativeController controller =
                NativeController.attach(
                        named ? transportId : transportId + " subnqn:" + NQN, options.text());
        try {
            return new DiscoveryService(controller);
        } catch (RuntimeException | Error e) {
            controller.detach();
            throw e;
        }
    }

    /**
     * Reads the Discovery log page: every way to every subsystem that this host is shown.
     *
     * @return the entries in the order of the page, all of one generation
     * @throws NvmeException if it can't be read, or changes again and again while it is read
     */
    public List<DiscoveryLogEntry> entries() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            DiscoveryLogHeader header = inquiry.discoveryLogHeader();
            List<DiscoveryLogEntry> entries = read(header);
            if (inquiry.discoveryLogHeader().equals(header)) {
                return List.copyOf(entries);
            }
        }
        throw new NvmeException(
                "reading the Discovery log page failed: it changed meanwhile, "
                        + ATTEMPTS
                        + " times; try again");
    }

    private List<DiscoveryLogEntry> read(DiscoveryLogHeader header) {
        if (header.recordFormat() != 0 || header.numberOfRecords() > MOST_ENTRIES) {
            throw new NvmeException(
                    "reading the Discovery log page failed: "
                            + Long.toUnsignedString(header.numberOfRecords())
                            + " records of format "
                            + header.recordFormat()
                            + ", and only format 0 is known");
        }
        List<DiscoveryLogEntry> entries = new ArrayList<>();
        for (int index = 0; index < header.numberOfRecords(); index++) {
            entries.add(inquiry.discoveryLogEntry(index));
        }
        return entries;
    }

    /** Detaches, once the calls of other threads have ended. Closing twice does nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            calls.close(
                    () -> {
                        commands.close();
                        controller.detach();
                    });
            closed = true;
        }
    }
}
