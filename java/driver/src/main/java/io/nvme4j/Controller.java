// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.error.NvmeException;
import io.nvme4j.memory.DataPointerForm;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaMemory;
import io.nvme4j.memory.PageMapper;
import io.nvme4j.memory.SglSupport;
import io.nvme4j.queue.CommandQueue;
import io.nvme4j.shim.NativeController;
import io.nvme4j.spec.ControllerCapabilities;
import io.nvme4j.spec.IdentifyController;
import io.nvme4j.spec.IdentifyNamespace;
import io.nvme4j.spec.SmartLog;
import io.nvme4j.spec.Version;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A controller that this process is attached to.
 *
 * <p>Thread-safe. Close queue pairs first, then buffers, then the controller: it refuses to close
 * while any of them is open.
 */
public final class Controller implements AutoCloseable {
    private final NativeController controller;
    private final DmaMemory memory;
    private final AdminQueue admin;
    private final IdentifyController identify;
    private final List<Namespace> namespaces;
    private final PageMapper mapper;
    private boolean closed;

    private Controller(NativeController controller) {
        this.controller = controller;
        this.memory = new DmaMemory(controller);
        this.admin = new AdminQueue(controller, memory);
        this.identify = admin.identifyController();
        this.namespaces = admin.namespaces();
        DataPointerForm form =
                controller.takesDataPointers() ? DataPointerForm.PRP : DataPointerForm.CONTIGUOUS;
        this.mapper = new PageMapper(form, SglSupport.of(identify.sglSupport()), memory.pageSize());
    }

    /**
     * Attaches to a controller.
     *
     * @param transportId such as {@code trtype:EMBEDDED size:1G} or {@code trtype:TCP ...}; {@link
     *     TransportId} describes the form
     * @throws NvmeException if there is no such transport, no such controller, or it does not
     *     become ready
     */
    public static Controller attach(String transportId) {
        NativeController controller = NativeController.attach(transportId);
        try {
            return new Controller(controller);
        } catch (RuntimeException | Error e) {
            controller.detach();
            throw e;
        }
    }

    /** The Identify Controller data structure, as it was at attach. */
    public IdentifyController identify() {
        return identify;
    }

    /** Asks for the Identify Namespace data structure of a namespace. */
    public IdentifyNamespace identify(Namespace namespace) {
        return admin.identifyNamespace(namespace.id());
    }

    /** Asks for the SMART / Health Information log page of the controller. */
    public SmartLog smartLog() {
        return admin.smartLog();
    }

    /** The active namespaces, as they were at attach, by ascending identifier. */
    public List<Namespace> namespaces() {
        return namespaces;
    }

    /**
     * An active namespace.
     *
     * @param id namespace identifier
     * @throws NvmeException if it isn't active
     */
    public Namespace namespace(int id) {
        return namespaces.stream()
                .filter(namespace -> namespace.id() == id)
                .findFirst()
                .orElseThrow(() -> new NvmeException(noNamespace(id)));
    }

    private String noNamespace(int id) {
        String active =
                namespaces.stream()
                        .map(namespace -> Integer.toString(namespace.id()))
                        .collect(Collectors.joining(", "));
        return "the controller has no active namespace "
                + id
                + (active.isEmpty() ? ", and no other" : ": active are " + active);
    }

    /** The controller capabilities register (CAP). */
    public ControllerCapabilities capabilities() {
        return new ControllerCapabilities(controller.capabilities());
    }

    /** The version register (VS). */
    public Version version() {
        return new Version(controller.version());
    }

    /** Most bytes that one command moves: the smaller of MDTS and what the transport can do. */
    public long maximumTransferSize() {
        return controller.maximumTransferSize();
    }

    /** Largest depth of a queue pair. */
    public int maximumQueueDepth() {
        return controller.maximumQueueDepth();
    }

    /** I/O queue pairs that the controller granted to this process. */
    public int maximumQueuePairs() {
        return controller.maximumQueuePairs();
    }

    /** One line about the transport, for people. */
    public String description() {
        return controller.description();
    }

    /**
     * Allocates zeroed memory that this controller can read and write.
     *
     * @param length bytes, at least 1
     * @throws io.nvme4j.error.ShimException if there is not enough
     */
    public DmaBuffer allocate(long length) {
        return allocate(length, memory.pageSize(), -1);
    }

    /**
     * Allocates zeroed memory that this controller can read and write.
     *
     * @param length bytes, at least 1
     * @param alignment bytes, a power of two; memory is aligned to a page at least
     * @param numaNode node that the memory should be on, or -1 for any
     * @throws io.nvme4j.error.ShimException if there is not enough
     */
    public DmaBuffer allocate(long length, long alignment, int numaNode) {
        return memory.allocate(length, alignment, numaNode);
    }

    /**
     * Creates a queue pair, which belongs to the calling thread.
     *
     * @param depth commands that can be in flight at once, 1 to {@link #maximumQueueDepth()}
     * @throws io.nvme4j.error.ShimException if the depth is out of range, or all queue pairs of the
     *     controller are taken
     */
    public QueuePair queuePair(int depth) {
        return new QueuePair(commandQueue(depth), memory, maximumTransferSize());
    }

    CommandQueue commandQueue(int depth) {
        return CommandQueue.create(controller, memory, mapper, depth);
    }

    DmaMemory memory() {
        return memory;
    }

    PageMapper mapper() {
        return mapper;
    }

    /**
     * Detaches. Closing twice does nothing.
     *
     * @throws io.nvme4j.error.ShimException if queue pairs or buffers are still open; the
     *     controller is then still attached
     */
    @Override
    public synchronized void close() {
        if (!closed) {
            controller.detach();
            closed = true;
        }
    }
}
