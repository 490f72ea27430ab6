// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.ApiAccess;
import io.nvme4j.internal.admin.EventTeller;
import io.nvme4j.internal.map.ListPages;
import io.nvme4j.internal.map.MovedBlocks;
import io.nvme4j.internal.map.Planning;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.memory.Holders;
import io.nvme4j.internal.memory.ListMemory;
import io.nvme4j.internal.memory.Lists;
import io.nvme4j.internal.queue.CommandQueue;
import io.nvme4j.internal.queue.Rules;
import io.nvme4j.internal.shim.NativeController;
import io.nvme4j.internal.shim.NativeLibrary;
import io.nvme4j.internal.wait.CallsUnderWay;
import io.nvme4j.map.Geometry;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.PlannedCommand;
import io.nvme4j.map.TransferPlan;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaPool;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.AsynchronousEvent;
import io.nvme4j.spec.ControllerCapabilities;
import io.nvme4j.spec.IdentifyController;
import io.nvme4j.spec.IdentifyNamespace;
import io.nvme4j.spec.SmartLog;
import io.nvme4j.spec.Version;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A controller that this process is attached to.
 *
 * <p>Thread-safe. Close queue pairs and engines first, then buffers, then the controller: it
 * refuses to close while any of them is open. A close waits for the calls of other threads; what
 * asks a closed controller for anything throws {@link IllegalStateException}.
 */
public final class Controller implements AutoCloseable {
    static {
        ApiAccess.set(new Access());
    }

    private final NativeController controller;
    private final DmaMemory memory;
    private final CallsUnderWay calls = new CallsUnderWay();
    private final AtomicInteger namespaceChanges = new AtomicInteger();
    private final EventTeller events = new EventTeller();
    private final AdminCommands commands;
    private final Inquiry inquiry;
    private final IdentifyController identify;
    private final Namespaces namespaces;
    private final MappingRules rules;
    private final Limits limits;
    private boolean closed;

    private Controller(NativeController controller) {
        this.controller = controller;
        this.memory = new DmaMemory(controller);
        this.commands =
                new AdminCommands(controller, memory, calls, namespaceChanges, this::onEvent);
        this.inquiry = new Inquiry(commands, Inquiry.LIMIT_NANOS);
        try {
            this.identify = inquiry.identifyController();
            checkDoesIo(identify);
            this.namespaces = new Namespaces(inquiry, identify, namespaceChanges);
        } catch (RuntimeException | Error e) {
            commands.close();
            throw e;
        }
        events.add(this::readNamespacesAnew);
        this.rules = Rules.ofIoCommands(controller, identify);
        this.limits =
                new Limits(
                        controller.maximumTransferSize(),
                        controller.maximumQueueDepth(),
                        NativeController.maximumStandby(),
                        controller.maximumQueuePairs());
    }

    /**
     * Attaches to a controller.
     *
     * <p>With a path as its {@code traddr}, the embedded controller's namespace is that file: a
     * regular file, also where it is only read. One that isn't there is made where the id has a
     * {@code size}, and marked by a trailer of 512 bytes behind its blocks; else it is an error. A
     * file without the trailer can be attached to and written all the same, but it isn't {@link
     * #isSelfMade()}. No other controller can be attached to the file at the same time.
     *
     * @param transportId such as {@code trtype:EMBEDDED size:1G} or {@code trtype:TCP ...}; {@link
     *     TransportId} describes the form
     * @return the controller, enabled, which the caller closes
     * @throws NvmeException if there is no such transport, no such controller, or it does not
     *     become ready
     */
    public static Controller attach(String transportId) {
        return attach(transportId, AttachOptions.DEFAULT);
    }

    /**
     * Attaches to a controller, in a certain way.
     *
     * @param transportId as in {@link #attach(String)}
     * @param options what is to be otherwise than by default
     * @return the controller, enabled, which the caller closes
     * @throws NvmeException as that does
     * @throws IllegalStateException if SPDK runs in this process with something else than the
     *     options want, which it names
     */
    public static Controller attach(String transportId, AttachOptions options) {
        NativeController controller =
                NativeController.attach(
                        Objects.requireNonNull(transportId, "transportId"), options.text());
        try {
            return new Controller(controller);
        } catch (RuntimeException | Error e) {
            controller.detach();
            throw e;
        }
    }

    /**
     * Loads what a transport needs, without attaching to anything: to find out whether it can be
     * used.
     *
     * @param trtype as in a transport id: {@code EMBEDDED}, {@code PCIE}, {@code TCP}, ...
     * @return one line that names the native libraries, with their versions
     * @throws NvmeException if they are missing or can't be loaded; it says why
     */
    public static String transport(String trtype) {
        return NativeLibrary.loadTransport(Objects.requireNonNull(trtype, "trtype"));
    }

    private void onEvent(int dword0) {
        AsynchronousEvent event = new AsynchronousEvent(dword0);
        if (event.isNamespaceChange()) {
            namespaceChanges.incrementAndGet();
        }
        events.tell(event);
    }

    /** So that namespaces which have changed are refused, also where nobody asks for them anew. */
    private void readNamespacesAnew(AsynchronousEvent event) {
        if (event.isNamespaceChange()) {
            namespaces();
        }
    }

    private static void checkDoesIo(IdentifyController identify) {
        if (identify.isDiscoveryController()) {
            throw new NvmeException(
                    "the controller is a discovery service, which does no I/O: attach to one of the"
                            + " subsystems that it offers ('nvme4j list -r' shows them)");
        }
    }

    /** {@return the Identify Controller data structure, as it was at attach} */
    public IdentifyController identify() {
        return identify;
    }

    /**
     * Asks for the Identify Namespace data structure of a namespace; of a slice, the whole one's.
     *
     * @param namespace of this controller
     * @return the structure as it is now
     */
    public IdentifyNamespace identify(Namespace namespace) {
        namespace.checkMemory(memory);
        return inquiry.identifyNamespace(namespace.id());
    }

    /**
     * Asks for the SMART / Health Information log page of the controller.
     *
     * @return the log page as it is now
     */
    public SmartLog smartLog() {
        return inquiry.smartLog();
    }

    /** {@return the admin commands, and what else the controller tells of itself} */
    public Admin admin() {
        return new Admin(commands, events, Inquiry.LIMIT_NANOS);
    }

    /**
     * {@return the active namespaces by ascending identifier, as they were at attach or when the
     * controller told last that they had changed} A namespace that has not is the same object as
     * before.
     *
     * @throws NvmeException if they have changed and can't be read
     */
    public List<Namespace> namespaces() {
        return namespaces.list();
    }

    /**
     * {@return an active namespace}
     *
     * @param id namespace identifier
     * @throws NvmeException if it isn't active
     */
    public Namespace namespace(int id) {
        return namespaces().stream()
                .filter(namespace -> namespace.id() == id)
                .findFirst()
                .orElseThrow(() -> new NvmeException(noNamespace(id)));
    }

    private String noNamespace(int id) {
        String active =
                namespaces().stream()
                        .map(namespace -> Integer.toString(namespace.id()))
                        .collect(Collectors.joining(", "));
        return "the controller has no active namespace "
                + id
                + (active.isEmpty() ? ", and no other" : ": active are " + active);
    }

    /** {@return the controller capabilities register (CAP)} */
    public ControllerCapabilities capabilities() {
        return new ControllerCapabilities(controller.capabilities());
    }

    /** {@return the version register (VS)} */
    public Version version() {
        return new Version(controller.version());
    }

    /** {@return what the controller and its transport take at most} */
    public Limits limits() {
        return limits;
    }

    /**
     * {@return whether the controller works only while one of its queue pairs is processed, by the
     * thread that does that: the embedded controller, unless it has a thread of its own}
     */
    public boolean isInline() {
        return controller.isInline();
    }

    /**
     * {@return whether its namespaces are in memory, or in a file that nvme4j has made ({@link
     * #attach}), so that nobody's data are lost when they are written} False of drives, and of any
     * other file.
     */
    public boolean isSelfMade() {
        return controller.isSelfMade();
    }

    /** {@return one line about the transport, for people} */
    public String description() {
        return controller.description();
    }

    /**
     * Allocates zeroed memory that this controller can read and write.
     *
     * @param length bytes, at least 1
     * @return the memory, which the caller closes, at the latest before the controller
     * @throws io.nvme4j.error.ShimException if the length is less, or there is not enough memory
     */
    public DmaBuffer allocate(long length) {
        return memory.allocate(length, memory.pageSize(), DmaMemory.ANY_NODE);
    }

    /**
     * Allocates zeroed memory that this controller can read and write.
     *
     * @param length bytes, at least 1
     * @param alignment bytes, a power of two up to 1 GiB; memory is aligned to a page at least
     * @return the memory, which the caller closes, at the latest before the controller
     * @throws IllegalArgumentException if there is no such alignment
     * @throws io.nvme4j.error.ShimException if the length is less, or there is not enough memory
     */
    public DmaBuffer allocate(long length, long alignment) {
        return memory.allocate(length, alignment, DmaMemory.ANY_NODE);
    }

    /**
     * Allocates zeroed memory that this controller can read and write, on a node of this machine
     * while that has some left, else on another.
     *
     * @param length bytes, at least 1
     * @param alignment bytes, a power of two up to 1 GiB; memory is aligned to a page at least
     * @param numaNode 0 or more
     * @return the memory, which the caller closes, at the latest before the controller
     * @throws IllegalArgumentException if there is no such alignment or node
     * @throws io.nvme4j.error.ShimException if the length is less, or there is not enough memory
     */
    public DmaBuffer allocate(long length, long alignment, int numaNode) {
        if (numaNode < 0) {
            throw new IllegalArgumentException("the machine has no NUMA node " + numaNode);
        }
        return memory.allocate(length, alignment, numaNode);
    }

    /**
     * Allocates zeroed memory that this controller can read and write, in slices of one size which
     * are used over and over.
     *
     * @param sliceSize bytes of each, at least 1
     * @param slices how many, 1 to 1,048,576
     * @return the pool, all of whose slices are free
     * @throws IllegalArgumentException if there can't be such slices
     * @throws io.nvme4j.error.ShimException if there is not enough memory
     */
    public DmaPool pool(long sliceSize, int slices) {
        return Buffers.pool(memory, sliceSize, slices, true);
    }

    /**
     * Makes memory of the caller's reachable for the controller, so that transfers from and to it
     * need no copy. Registering the same range again gives the same buffer; closing that ends the
     * registration. The segment's arena can't be closed before: that throws {@link
     * IllegalStateException}.
     *
     * <p>Devices see whole pages: nothing else in the segment's first and last page must be
     * registered, and a device that goes wrong can reach it.
     *
     * <p>It takes some 100 microseconds, and a thread for every 64 arenas that are registered at
     * once, however many segments of them are.
     *
     * @param segment native memory, also a mapped file or another library's, of an arena that is
     *     not confined
     * @return the buffer, which the caller closes
     * @throws IllegalArgumentException if it is of another kind, is empty, or overlaps memory that
     *     the controller reaches already
     * @throws NvmeException if the transport reaches no memory but that which it allocates
     */
    public DmaBuffer register(MemorySegment segment) {
        return memory.register(segment);
    }

    /**
     * Makes an empty list of memory for transfers of this controller's.
     *
     * @param policy what becomes of transfers with memory that the controller can't use as it is
     * @return the list, which has no ranges
     */
    public ScatterGatherList scatterGatherList(CopyPolicy policy) {
        return Lists.list(memory, policy);
    }

    /**
     * Creates a queue pair, which belongs to the calling thread.
     *
     * @param depth commands that can be in flight at once, 1 to {@link Limits#queueDepth()}
     * @return the queue pair, which the caller closes
     * @throws IllegalArgumentException if the depth is out of range
     * @throws io.nvme4j.error.ShimException if all queue pairs of the controller are taken
     */
    public QueuePair queuePair(int depth) {
        checkDepth(depth); // which knows the most, unlike options of no controller's
        return queuePair(QueuePairOptions.depth(depth));
    }

    /**
     * Creates a queue pair, which belongs to the calling thread.
     *
     * @param options with the depth, and what is to be otherwise than by default
     * @return the queue pair, which the caller closes
     * @throws IllegalArgumentException if the depth or the standby is more than the controller has,
     *     or it or its transport doesn't take the form
     * @throws io.nvme4j.error.ShimException if all queue pairs of the controller are taken
     */
    public QueuePair queuePair(QueuePairOptions options) {
        checkDepth(options.depth);
        if (options.standby > limits.standby()) {
            throw new IllegalArgumentException(
                    "%d commands on standby are out of range: 0 to %d will do"
                            .formatted(options.standby, limits.standby()));
        }
        Holders holders = memory.holders();
        holders.add(Holders.Kind.QUEUE_PAIR);
        try {
            namespaces(); // those that have changed must not be used with it
            return newQueuePair(options);
        } catch (RuntimeException | Error e) {
            holders.remove(Holders.Kind.QUEUE_PAIR);
            throw e;
        }
    }

    private void checkDepth(int depth) {
        if (depth < 1 || depth > limits.queueDepth()) {
            throw new IllegalArgumentException(
                    "a depth of %d is out of range: 1 to %d will do"
                            .formatted(depth, limits.queueDepth()));
        }
    }

    private QueuePair newQueuePair(QueuePairOptions options) {
        MappingRules own = options.form == null ? rules : rules.only(options.form);
        CommandQueue queue =
                CommandQueue.create(controller, memory, own, options.depth, options.standby);
        try {
            return new QueuePair(
                    queue, options, memory, own, identify.supportsFusedCompareAndWrite());
        } catch (RuntimeException | Error e) {
            queue.close();
            throw e;
        }
    }

    /**
     * Creates a queue pair without the conveniences of {@link QueuePair}, for engines.
     *
     * @param depth as in {@link #queuePair(int)}
     */
    CommandQueue commandQueue(int depth) {
        checkDepth(depth);
        namespaces(); // as for a queue pair
        return CommandQueue.create(controller, memory, rules, depth, 0);
    }

    /**
     * Tells which commands a transfer would become, and their data pointers, without any I/O. LBAs
     * are those of the whole namespace.
     *
     * @param namespace of this controller, or a slice of one
     * @param startingLba first logical block
     * @param list the data, whole blocks
     * @return the commands, or none where the data must be copied
     * @throws IllegalArgumentException if it is no whole number of blocks
     */
    public TransferPlan plan(Namespace namespace, long startingLba, ScatterGatherList list) {
        return plan(namespace, startingLba, list, null, rules);
    }

    /**
     * The same with metadata that don't lie with the data, as if the controller had other rules.
     *
     * @param namespace of this controller, or a slice of one
     * @param startingLba first logical block
     * @param list the data, whole blocks
     * @param metadata where the metadata of all blocks are, from its beginning on, or null
     * @param rules in place of {@link #mappingRules()}
     * @return the commands, or none where the data must be copied
     * @throws IndexOutOfBoundsException if the metadata would not lie inside their buffer
     */
    public TransferPlan plan(
            Namespace namespace,
            long startingLba,
            ScatterGatherList list,
            @Nullable DmaBuffer metadata,
            MappingRules rules) {
        namespace.checkMemory(memory);
        Lists.checkMemory(list, memory);
        int blocks = namespace.blocks(list.length());
        long lba = namespace.lba(startingLba, blocks);
        MovedBlocks moved = new MovedBlocks().begin(namespace.layout(), lba, blocks);
        if (metadata != null) {
            long bytes = (long) blocks * namespace.layout().bytesInMetadataBuffer();
            Buffers.checkRange(metadata, memory, 0, bytes);
            if (bytes > 0) {
                moved.metadata(Buffers.mapped(metadata), 0);
            }
        }
        Geometry whole = namespace.whole().geometry();
        if (list.needsCopy()) {
            return new TransferPlan(List.of(), whole);
        }
        return new TransferPlan(calls.during(() -> commands(moved, list, rules)), whole);
    }

    private List<PlannedCommand> commands(
            MovedBlocks blocks, ScatterGatherList list, MappingRules rules) {
        try (ListMemory lists = memory.allocateLists(Math.max(1, ListPages.perCommand(rules)))) {
            return Planning.plan(rules, lists.pages(), blocks, Lists.gather(list));
        }
    }

    /** {@return what the controller and its transport say of data pointers} */
    public MappingRules mappingRules() {
        return rules;
    }

    /** How many namespaces take no command any more, for engines. */
    int invalidatedNamespaces() {
        return namespaces.invalidated();
    }

    /** The memory that this controller reaches, for engines. */
    DmaMemory memory() {
        return memory;
    }

    /**
     * Resets the controller, or connects to it anew where the connection was lost. Every queue pair
     * fails: its commands complete with ENXIO when it is processed next, and it can only be closed.
     * Buffers stay as they are. Admin commands fail, and namespaces are read anew.
     *
     * @param timeoutMillis how long queue pairs may take to be processed, so that they notice; 0 or
     *     more
     * @throws IllegalArgumentException if that is negative
     * @throws io.nvme4j.error.ShimException if the controller doesn't come back, or queue pairs
     *     were not processed in time (EBUSY); the controller has failed, and this can be tried
     *     again
     */
    public void reset(int timeoutMillis) {
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException(
                    "queue pairs have 0 ms or more to notice a reset, not " + timeoutMillis);
        }
        synchronized (this) { // an engine's recovery must not reset it anew before they are read
            controller.reset(timeoutMillis);
            namespaceChanges.incrementAndGet(); // a target may have come back with others
            namespaces();
        }
    }

    /**
     * Detaches. Closing twice does nothing. It waits until each admin command has been answered, or
     * its time is over; one that the controller has not ended then is ended by a reset.
     *
     * @throws io.nvme4j.error.ShimException if queue pairs, engines or buffers are still open,
     *     which it counts; the controller is then still attached
     */
    @Override
    public synchronized void close() {
        if (!closed) {
            memory.holders().checkNone();
            calls.close(this::detach);
            closed = true;
        }
    }

    private void detach() {
        commands.close();
        try {
            controller.detach();
        } catch (RuntimeException | Error e) {
            commands.reopen();
            throw e;
        }
    }
}
