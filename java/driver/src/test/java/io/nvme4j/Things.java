// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static java.util.Map.entry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nvme4j.embedded.CrashLog;
import io.nvme4j.embedded.CrashPoint;
import io.nvme4j.embedded.CrashReport;
import io.nvme4j.embedded.CrashSweep;
import io.nvme4j.embedded.EmbeddedDrive;
import io.nvme4j.embedded.EmbeddedDriveBuilder;
import io.nvme4j.embedded.EmbeddedServer;
import io.nvme4j.embedded.Fault;
import io.nvme4j.embedded.InjectedFault;
import io.nvme4j.engine.BlockingIo;
import io.nvme4j.engine.ByteIo;
import io.nvme4j.engine.CallbackIo;
import io.nvme4j.engine.CompletionRing;
import io.nvme4j.engine.Engine;
import io.nvme4j.engine.EngineBuilder;
import io.nvme4j.engine.EngineMeters;
import io.nvme4j.engine.FutureIo;
import io.nvme4j.engine.IdleStrategy;
import io.nvme4j.engine.IoOptions;
import io.nvme4j.engine.QueueStatistics;
import io.nvme4j.engine.ReactorGroup;
import io.nvme4j.engine.RecoveryPolicy;
import io.nvme4j.engine.Room;
import io.nvme4j.engine.TryingIo;
import io.nvme4j.error.CommandCancelledException;
import io.nvme4j.error.CommandException;
import io.nvme4j.error.CommandTimeoutException;
import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.ControllerLostException;
import io.nvme4j.error.Errno;
import io.nvme4j.error.MediaException;
import io.nvme4j.error.NvmeException;
import io.nvme4j.error.RingFullException;
import io.nvme4j.error.ShimException;
import io.nvme4j.internal.memory.ListUse;
import io.nvme4j.map.AtomicUnit;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.DataPointerEntry;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.Geometry;
import io.nvme4j.map.Grid;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.PlannedCommand;
import io.nvme4j.map.PreferredSizes;
import io.nvme4j.map.SplitReason;
import io.nvme4j.map.TransferPlan;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaPool;
import io.nvme4j.memory.ScatterGatherList;
import io.nvme4j.spec.ActiveNamespaceList;
import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.AsynchronousEvent;
import io.nvme4j.spec.ControllerCapabilities;
import io.nvme4j.spec.DataLength;
import io.nvme4j.spec.DiscoveryLogEntry;
import io.nvme4j.spec.DiscoveryLogHeader;
import io.nvme4j.spec.ErrorLogEntry;
import io.nvme4j.spec.IdentifyCns;
import io.nvme4j.spec.IdentifyController;
import io.nvme4j.spec.IdentifyNamespace;
import io.nvme4j.spec.LbaFormat;
import io.nvme4j.spec.LogPageIdentifier;
import io.nvme4j.spec.NvmOpcode;
import io.nvme4j.spec.SmartLog;
import io.nvme4j.spec.Status;
import io.nvme4j.spec.StatusCode;
import io.nvme4j.spec.Version;
import io.nvme4j.spec.feature.Arbitration;
import io.nvme4j.spec.feature.AsynchronousEventConfiguration;
import io.nvme4j.spec.feature.ErrorRecovery;
import io.nvme4j.spec.feature.Feature;
import io.nvme4j.spec.feature.FeatureCapabilities;
import io.nvme4j.spec.feature.FeatureValue;
import io.nvme4j.spec.feature.HostBehaviorSupport;
import io.nvme4j.spec.feature.HostControlledThermalManagement;
import io.nvme4j.spec.feature.InterruptCoalescing;
import io.nvme4j.spec.feature.NumberOfQueues;
import io.nvme4j.spec.feature.PowerManagement;
import io.nvme4j.spec.feature.TemperatureThreshold;
import io.nvme4j.spec.feature.Timestamp;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntToLongFunction;

/**
 * A good argument for each parameter of the public interface, by its type and, where that is not
 * enough, by its name. Things are made when they are first asked for, all of one controller. A
 * thread's alone, as queue pairs are.
 */
final class Things implements AutoCloseable {
    /** Unrecovered Read Error: Status Code Type 2h, Status Code 81h. */
    private static final int MEDIA_ERROR = 0x281;

    static final String ID = "trtype:EMBEDDED size:1M namespaces:1";

    /** In which order what is open can be closed. */
    private static final List<Class<?>> CLOSING =
            List.of(
                    QueuePair.class,
                    Engine.class,
                    ReactorGroup.class,
                    DmaBuffer.class,
                    DmaPool.class);

    private static final Map<String, Long> NUMBERS =
            Map.ofEntries(
                    entry("alignment", 4096L),
                    entry("completionQueues", 1L),
                    entry("highPriorityWeight", 1L),
                    entry("lowPriorityWeight", 1L),
                    entry("mediumPriorityWeight", 1L),
                    entry("submissionQueues", 1L),
                    entry("threshold", 1L),
                    entry("controller", 1L),
                    entry("moments", 1L),
                    entry("namespace", 1L),
                    entry("states", 2L),
                    entry("blocks", 1L),
                    entry("blockSize", 512L),
                    entry("bytes", 512L),
                    entry("commands", 4L),
                    entry("count", 1L),
                    entry("deallocateGranularity", 512L),
                    entry("depth", 4L),
                    entry("distance", 512L),
                    entry("dword", 10L),
                    entry("errno", 5L),
                    entry("first", 1L),
                    entry("cns", 1L),
                    entry("id", 1L),
                    entry("identifier", 2L),
                    entry("index", 0L),
                    entry("parameter", 0L),
                    entry("length", 512L),
                    entry("limit", 1L),
                    entry("maximumTransferSize", 4096L),
                    entry("maximumFragments", 1L),
                    entry("mebibytes", 256L),
                    entry("most", 4L),
                    entry("number", 1L),
                    entry("numaNode", 0L),
                    entry("optimalWriteSize", 512L),
                    entry("pageSize", 4096L),
                    entry("reactors", 1L),
                    entry("requests", 8L),
                    entry("size", 8L),
                    entry("sliceSize", 512L),
                    entry("slices", 4L),
                    entry("timeoutMillis", 1000L),
                    entry("writeGranularity", 512L));

    /** Parameters that are a half of a fused pair. */
    private static final Map<String, NvmOpcode> FUSED =
            Map.of("compare", NvmOpcode.COMPARE, "write", NvmOpcode.WRITE);

    private static final Map<String, String> TEXTS =
            Map.of("transportId", ID, "trtype", "EMBEDDED", "key", "trtype");

    private static final Map<Class<?>, Function<Things, Object>> MAKERS =
            Map.ofEntries(
                    entry(Controller.class, things -> Controller.attach(ID)),
                    entry(EmbeddedDrive.class, things -> EmbeddedDrive.inMemory(1 << 20).build()),
                    entry(EmbeddedDriveBuilder.class, things -> EmbeddedDrive.inMemory(1 << 20)),
                    entry(Namespace.class, things -> things.controller().namespace(1)),
                    entry(EmbeddedServer.class, things -> EmbeddedServer.start(ID, aDirectory())),
                    entry(Path.class, things -> aDirectory()),
                    entry(DiscoveryService.class, things -> DiscoveryService.attach(discoveryId())),
                    entry(QueuePair.class, things -> things.controller().queuePair(64)),
                    entry(DmaBuffer.class, things -> things.controller().allocate(4096)),
                    entry(DmaPool.class, things -> things.controller().pool(4096, 4)),
                    entry(ListUse.class, things -> new ListUse()),
                    entry(ScatterGatherList.class, Things::list),
                    entry(CopyPolicy.class, things -> CopyPolicy.COPY),
                    entry(MemorySegment.class, things -> Arena.ofAuto().allocate(4096, 4096)),
                    entry(ByteBuffer.class, things -> ByteBuffer.allocateDirect(512)),
                    entry(CompletionHandler.class, things -> ignoring()),
                    entry(Consumer.class, things -> (Consumer<Object>) any -> {}),
                    entry(Function.class, things -> (Function<Object, Object>) any -> any),
                    entry(Runnable.class, things -> (Runnable) () -> {}),
                    entry(Fault.class, things -> Fault.reads()),
                    entry(Fault.After.class, things -> Fault.after(1)),
                    entry(CrashLog.class, Things::crashLog),
                    entry(CrashPoint.class, things -> new CrashPoint(List.of())),
                    entry(CrashReport.class, things -> report()),
                    entry(
                            CrashReport.Violation.class,
                            things ->
                                    new CrashReport.Violation(
                                            new CrashPoint(List.of()),
                                            List.of(),
                                            new AssertionError("lost"))),
                    entry(
                            CrashSweep.class,
                            things ->
                                    CrashSweep.of(sweptDrive())
                                            .workload((controller, log) -> {})
                                            .check((controller, cut) -> {})),
                    entry(CrashSweep.Check.class, things -> (CrashSweep.Check) (any, cut) -> {}),
                    entry(
                            CrashSweep.Workload.class,
                            things -> (CrashSweep.Workload) (any, log) -> {}),
                    entry(CrashSweep.Checker.class, things -> checker()),
                    entry(
                            CrashSweep.Preparation.class,
                            things -> (CrashSweep.Preparation) any -> {}),
                    entry(Throwable.class, things -> new AssertionError("lost")),
                    entry(double.class, things -> 1.0),
                    entry(
                            InjectedFault.class,
                            things -> new InjectedFault(0, 1, 1, 2, 0, 1, Status.of(0), 0)),
                    entry(Room.class, things -> things.engine().room()),
                    entry(Transfer.class, things -> things.transfer(NvmOpcode.READ)),
                    entry(Admin.class, things -> things.controller().admin()),
                    entry(AdminCompletion.class, things -> new AdminCompletion(Status.of(0), 0)),
                    entry(AsynchronousEvent.class, things -> new AsynchronousEvent(0)),
                    entry(
                            GetLogPage.class,
                            things -> new GetLogPage(LogPageIdentifier.SMART_HEALTH)),
                    entry(LogPageIdentifier.class, things -> LogPageIdentifier.SMART_HEALTH),
                    entry(Command.class, things -> new Command(0).namespace(things.namespace())),
                    entry(Protection.class, things -> Protection.NONE),
                    entry(
                            ProtectionInformation.class,
                            things -> new ProtectionInformation(things.protectedNamespace())),
                    entry(
                            ProtectionInformation.Mismatch.class,
                            things ->
                                    new ProtectionInformation.Mismatch(
                                            0, ProtectionInformation.Part.GUARD)),
                    entry(
                            ProtectionInformation.Part.class,
                            things -> ProtectionInformation.Part.GUARD),
                    entry(ProtectionFormat.class, things -> ProtectionFormat.NONE),
                    entry(AttachOptions.class, things -> AttachOptions.DEFAULT),
                    entry(TransportId.class, things -> TransportId.EMBEDDED),
                    entry(
                            Engine.class,
                            things ->
                                    Engine.builder(things.controller())
                                            .depth(4)
                                            .keepLatencies()
                                            .start()),
                    entry(
                            EngineBuilder.class,
                            things -> Engine.builder(things.controller()).depth(4)),
                    entry(EngineMeters.class, things -> new EngineMeters(things.engine(), "one")),
                    entry(MeterRegistry.class, things -> new SimpleMeterRegistry()),
                    entry(CallbackIo.class, things -> things.engine().callbacks(ignoring())),
                    entry(TryingIo.class, things -> things.engine().futures().trying()),
                    entry(FutureIo.class, things -> things.engine().futures()),
                    entry(BlockingIo.class, things -> things.engine().blocking()),
                    entry(ByteIo.class, things -> things.engine().bytes(things.namespace())),
                    entry(CompletionRing.class, things -> new CompletionRing(8)),
                    entry(ReactorGroup.class, things -> ReactorGroup.start(1, IdleStrategy.SLEEP)),
                    entry(IdleStrategy.class, things -> IdleStrategy.SLEEP),
                    entry(IoOptions.class, things -> IoOptions.DEFAULT),
                    entry(RecoveryPolicy.class, things -> RecoveryPolicy.NONE),
                    entry(QueueStatistics.class, things -> things.engine().statistics()),
                    entry(Duration.class, things -> Duration.ofSeconds(1)),
                    entry(ShimException.class, things -> new ShimException("trying", 5, "")),
                    entry(NvmeException.class, things -> new NvmeException("it went wrong")),
                    entry(RingFullException.class, things -> new RingFullException()),
                    entry(CommandException.class, things -> CommandException.of(1)),
                    entry(MediaException.class, things -> CommandException.of(MEDIA_ERROR)),
                    entry(CommandTimeoutException.class, things -> ofErrno(Errno.ETIMEDOUT)),
                    entry(CommandCancelledException.class, things -> ofErrno(Errno.ECANCELED)),
                    entry(ControllerLostException.class, things -> ofErrno(Errno.ENXIO)),
                    entry(BlockLayout.class, things -> BlockLayout.of(512)),
                    entry(Grid.class, things -> Grid.of(512)),
                    entry(AtomicUnit.class, things -> things.namespace().geometry().atomic()),
                    entry(
                            PreferredSizes.class,
                            things -> things.namespace().geometry().preferred()),
                    entry(Geometry.class, things -> things.namespace().geometry()),
                    entry(Limits.class, things -> things.controller().limits()),
                    entry(QueuePairOptions.class, things -> QueuePairOptions.depth(4)),
                    entry(MappingRules.class, things -> things.controller().mappingRules()),
                    entry(
                            DataPointerForm.class,
                            things -> things.controller().mappingRules().forms().iterator().next()),
                    entry(TransferPlan.class, Things::plan),
                    entry(PlannedCommand.class, things -> things.plan().commands().getFirst()),
                    entry(
                            DataPointerEntry.class,
                            things -> things.plan().commands().getFirst().entries().getFirst()),
                    entry(DataPointerEntry.Kind.class, things -> DataPointerEntry.Kind.PRP1),
                    entry(SplitReason.class, things -> SplitReason.END),
                    entry(IdentifyController.class, things -> things.controller().identify()),
                    entry(
                            IdentifyNamespace.class,
                            things -> things.controller().identify(things.namespace())),
                    entry(SmartLog.class, things -> things.controller().smartLog()),
                    entry(Version.class, things -> things.controller().version()),
                    entry(
                            ControllerCapabilities.class,
                            things -> things.controller().capabilities()),
                    entry(LbaFormat.class, things -> new LbaFormat(0, 512, 0, 0)),
                    entry(ErrorLogEntry.class, things -> ErrorLogEntry.of(page())),
                    entry(ActiveNamespaceList.class, things -> ActiveNamespaceList.of(page())),
                    entry(DiscoveryLogEntry.class, things -> DiscoveryLogEntry.of(page())),
                    entry(DiscoveryLogHeader.class, things -> DiscoveryLogHeader.of(page())),
                    entry(Features.class, things -> things.controller().admin().features()),
                    entry(Feature.class, things -> Feature.ARBITRATION),
                    entry(Object.class, things -> new Arbitration(0, 1, 1, 1)),
                    entry(Arbitration.class, things -> new Arbitration(0, 1, 1, 1)),
                    entry(PowerManagement.class, things -> new PowerManagement(0, 0)),
                    entry(TemperatureThreshold.class, things -> new TemperatureThreshold(300, 0)),
                    entry(ErrorRecovery.class, things -> new ErrorRecovery(0, false)),
                    entry(NumberOfQueues.class, things -> new NumberOfQueues(1, 1)),
                    entry(InterruptCoalescing.class, things -> new InterruptCoalescing(1, 0)),
                    entry(
                            AsynchronousEventConfiguration.class,
                            things -> new AsynchronousEventConfiguration(0)),
                    entry(Timestamp.class, things -> Timestamp.of(Instant.EPOCH)),
                    entry(
                            HostControlledThermalManagement.class,
                            things -> new HostControlledThermalManagement(0, 0)),
                    entry(
                            HostBehaviorSupport.class,
                            things -> new HostBehaviorSupport(true, false, false, false, 0)),
                    entry(FeatureValue.class, things -> new FeatureValue(0, page())),
                    entry(FeatureCapabilities.class, things -> FeatureCapabilities.of(0)),
                    entry(Instant.class, things -> Instant.EPOCH),
                    entry(DataLength.class, things -> NvmOpcode.READ.dataLength()),
                    entry(IntToLongFunction.class, things -> (IntToLongFunction) dword -> 0),
                    entry(Status.class, things -> Status.of(0)),
                    entry(NvmOpcode.class, things -> NvmOpcode.READ),
                    entry(StatusCode.class, things -> StatusCode.LBA_OUT_OF_RANGE),
                    entry(Thread.class, things -> Thread.currentThread()),
                    entry(BigInteger.class, things -> BigInteger.ONE),
                    entry(List.class, things -> List.of()),
                    entry(Set.class, things -> Set.of()),
                    entry(int[].class, things -> new int[] {0}),
                    entry(byte[].class, things -> new byte[] {0}));

    private static EmbeddedDriveBuilder sweptDrive() {
        return EmbeddedDrive.inMemory(1 << 20).volatileWriteCache(true);
    }

    private static CrashSweep.Checker checker() {
        return new CrashSweep.Checker() {
            @Override
            public void check(CrashPoint cut) {
                cut.has("nothing");
            }

            @Override
            public void close() {}
        };
    }

    private static CrashReport report() {
        return new CrashReport(1, 1, 1, 0, 1, Duration.ofSeconds(1), 0, List.of());
    }

    /** That of a sweep whose workload goes on until things are closed. */
    private CrashLog crashLog() {
        CompletableFuture<CrashLog> given = new CompletableFuture<>();
        CountDownLatch closed = new CountDownLatch(1);
        CrashSweep sweep =
                CrashSweep.of(sweptDrive())
                        .workload(
                                (controller, log) -> {
                                    given.complete(log);
                                    closed.await();
                                })
                        .check((controller, cut) -> {});
        FutureTask<CrashReport> run = new FutureTask<>(sweep::run);
        Thread.ofPlatform().start(run);
        open.add(
                () -> {
                    closed.countDown();
                    run.get();
                });
        return given.join();
    }

    private final Map<Class<?>, Object> made = new HashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable DmaBuffer slice;
    private @Nullable Things others;

    /**
     * A good argument.
     *
     * @throws AssertionError if this class knows none
     */
    Object of(Class<?> type, String name) {
        if (type == int.class) {
            return NUMBERS.getOrDefault(name, 0L).intValue();
        }
        if (type == long.class) {
            return NUMBERS.getOrDefault(name, 0L);
        }
        if (type == boolean.class) {
            return false;
        }
        if (type == String.class) {
            return TEXTS.getOrDefault(name, "text");
        }
        if (name.equals("transfers")) {
            return List.of(transfer(NvmOpcode.READ), transfer(NvmOpcode.READ));
        }
        if (type == DmaBuffer.class && name.equals("slice")) {
            return slice();
        }
        if (type == Transfer.class && FUSED.containsKey(name)) {
            return transfer(FUSED.get(name));
        }
        return of(type);
    }

    /** The one slice of the pool that is out. */
    private DmaBuffer slice() {
        DmaBuffer before = slice;
        if (before != null) {
            isGivenBack(before);
        }
        DmaBuffer acquired = ((DmaPool) of(DmaPool.class)).acquire();
        slice = acquired;
        return acquired;
    }

    /** Gives a slice back, if the buffer is one. */
    private boolean isGivenBack(DmaBuffer buffer) {
        try {
            if (made.get(DmaPool.class) instanceof DmaPool pool) {
                pool.release(buffer);
                return true;
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            // It is none, or isn't out.
        }
        return false;
    }

    private Transfer transfer(NvmOpcode opcode) {
        return new Transfer(opcode, namespace(), 0, list());
    }

    Object of(Class<?> type) {
        Object known = made.get(type);
        if (known != null) {
            return known;
        }
        Object thing = make(type);
        made.put(type, thing);
        keep(thing);
        return thing;
    }

    private Object make(Class<?> type) {
        Function<Things, Object> maker = MAKERS.get(type);
        if (maker != null) {
            return maker.apply(this);
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        throw new AssertionError("no argument of " + type + " is known: add one to Things");
    }

    /** Things of another controller. */
    Things others() {
        Things existing = others;
        if (existing == null) {
            existing = new Things();
            others = existing;
        }
        return existing;
    }

    /** Sees to it that something is closed in the end, if it can be. */
    void keep(@Nullable Object thing) {
        if (thing instanceof DmaBuffer buffer && isGivenBack(buffer)) {
            return;
        }
        if (thing instanceof Controller controller) {
            if (!made.containsValue(controller)) {
                controller.close();
            }
        } else if (thing instanceof AutoCloseable closeable) {
            open.add(closeable);
        }
    }

    /** Empty, and gone with the JVM. */
    private static Path aDirectory() {
        try {
            Path directory = Files.createTempDirectory("nvme4j-");
            directory.toFile().deleteOnExit();
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Controller controller() {
        return (Controller) of(Controller.class);
    }

    Namespace namespace() {
        return (Namespace) of(Namespace.class);
    }

    /**
     * One that is answered, with its data in a buffer, or wherever else there are as many bytes.
     */
    Command adminCommand() {
        return new Command(AdminOpcode.IDENTIFY.value())
                .cdw(10, IdentifyCns.CONTROLLER.value())
                .data((DmaBuffer) of(DmaBuffer.class), 0, 4096);
    }

    Engine engine() {
        return (Engine) of(Engine.class);
    }

    private ScatterGatherList list() {
        DmaBuffer buffer = (DmaBuffer) of(DmaBuffer.class);
        return controller().scatterGatherList(CopyPolicy.COPY).add(buffer, 0, 512);
    }

    private TransferPlan plan() {
        return controller().plan(namespace(), 0, list());
    }

    Namespace protectedNamespace() {
        BlockLayout layout = new BlockLayout(512, 8, true, 0, 0);
        return new Namespace(
                controller().memory(),
                1,
                2048,
                layout,
                new ProtectionFormat(1, false),
                namespace().geometry());
    }

    /** Of a discovery service that answers, where there can be one. */
    static String discoveryId() {
        return SpdkTarget.missing().isEmpty()
                ? SpdkTarget.shared().discoveryId()
                : "trtype:TCP adrfam:IPv4 traddr:127.0.0.1 trsvcid:1";
    }

    private static MemorySegment page() {
        return Arena.ofAuto().allocate(4096, 4096);
    }

    private static CompletionHandler ignoring() {
        return (tag, status, result) -> {};
    }

    private static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            throw new AssertionError(one + " can't be closed", e);
        }
    }

    /** Closes all; the controller, last, refuses where anything of it was forgotten. */
    @Override
    public void close() {
        if (slice != null) {
            isGivenBack(slice);
        }
        open.sort(Comparator.comparingInt(one -> CLOSING.indexOf(one.getClass())));
        open.forEach(Things::close);
        if (made.get(Controller.class) instanceof Controller controller) {
            controller.close();
        }
        if (others != null) {
            others.close();
        }
    }

    private static NvmeException ofErrno(int errno) {
        return CommandException.of(CompletionStatus.ofErrno(errno));
    }
}
