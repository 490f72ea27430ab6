// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.PublicInterface.Call;
import io.nvme4j.embedded.CrashPoint;
import io.nvme4j.embedded.CrashReport;
import io.nvme4j.embedded.InjectedFault;
import io.nvme4j.engine.QueueStatistics;
import io.nvme4j.error.CommandException;
import io.nvme4j.error.NvmeException;
import io.nvme4j.map.DataPointerEntry;
import io.nvme4j.map.PlannedCommand;
import io.nvme4j.map.TransferPlan;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Every public method and constructor is called with nonsense for each argument in turn, the others
 * being good. It succeeds where that makes sense, or throws a documented exception that says in the
 * caller's terms what is wrong.
 */
class EveryMethodRefusesNonsenseTest {
    private static final Set<Class<?>> DOCUMENTED =
            Set.of(
                    IllegalArgumentException.class,
                    IllegalStateException.class,
                    IndexOutOfBoundsException.class,
                    NullPointerException.class,
                    WrongThreadException.class);

    /** Numbers any of which means something: unsigned ones, bit fields, and the caller's own. */
    private static final Set<String> ANY_NUMBER =
            Set.of(
                    "address",
                    "applicationTag",
                    "applicationTagMask",
                    "completion",
                    "errno",
                    "mask",
                    "dword",
                    "referenceTag",
                    "selector",
                    "sgls",
                    "startingLba",
                    "tag",
                    "value");

    /** What is only checked together with more, later: a depth when the engine starts. */
    private static final Set<String> CHECKED_LATER =
            Set.of(
                    "EngineBuilder.depth(int commands)",
                    "QueuePairOptions.depth(int commands)",
                    "QueuePairOptions.standby(int commands)",
                    "QueuePairOptions.completionsPerPoll(int most)");

    /** Records that callers are given, and have no reason to make. */
    private static final Set<Class<?>> RESULTS =
            Set.of(
                    AdminCompletion.class,
                    CrashPoint.class,
                    CrashReport.class,
                    CrashReport.Violation.class,
                    DataPointerEntry.class,
                    InjectedFault.class,
                    Limits.class,
                    PlannedCommand.class,
                    ProtectionInformation.Mismatch.class,
                    QueueStatistics.class,
                    TransferPlan.class);

    static List<Call> calls() {
        return PublicInterface.calls();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void isRefusedOrMakesSense(Call call) throws Exception {
        assertEquals(List.of(), onThreadOfItsOwn(() -> faults(call)));
    }

    private static List<String> faults(Call call) throws Exception {
        List<String> faults = new ArrayList<>();
        Parameter[] parameters = call.executable().getParameters();
        try (Things things = new Things()) {
            for (int i = 0; i < parameters.length; i++) {
                for (var nonsense : Nonsense.of(parameters[i].getType())) {
                    new Try(call, things, i, nonsense.apply(things)).fault().ifPresent(faults::add);
                }
            }
        }
        return faults;
    }

    /** A call may change its thread, and those that this starts: it may pin it to a processor. */
    private static <T> T onThreadOfItsOwn(Callable<T> calls) throws Exception {
        FutureTask<T> task = new FutureTask<>(calls);
        Thread.ofPlatform().start(task);
        return task.get();
    }

    /** Nothing above means anything where a call fails with good arguments. */
    @ParameterizedTest
    @MethodSource("calls")
    void goodArgumentsAreTaken(Call call) throws Exception {
        if (call.type() == DiscoveryService.class) {
            Optional<String> missing = SpdkTarget.missing();
            assumeTrue(missing.isEmpty(), missing.orElse(""));
        }
        assumeFalse(
                call.toString().startsWith("Features.save("),
                "the embedded controller saves no feature");
        onThreadOfItsOwn(
                () -> {
                    try (Things things = new Things()) {
                        things.keep(call.invoke(things, call.arguments(things)));
                    }
                    return call;
                });
    }

    private record Try(Call call, Things things, int index, @Nullable Object nonsense) {
        Optional<String> fault() throws Exception {
            @Nullable Object[] arguments = call.arguments(things);
            arguments[index] = nonsense;
            CountDownLatch ended = new CountDownLatch(1);
            Thread watchdog = watchdog(Thread.currentThread(), ended);
            try {
                things.keep(call.invoke(things, arguments));
                return taken();
            } catch (InvocationTargetException e) {
                return thrown(Objects.requireNonNull(e.getCause()));
            } finally {
                ended.countDown();
                end(watchdog);
            }
        }

        /** Also where it interrupts the caller at this moment. */
        private static void end(Thread watchdog) {
            while (watchdog.isAlive()) {
                Thread.onSpinWait();
            }
            Thread.interrupted();
        }

        private Parameter parameter() {
            return call.executable().getParameters()[index];
        }

        private Optional<String> taken() {
            boolean isFault = nonsense == null ? !mayBeNull() : isNegative() && !mayBeNegative();
            return isFault ? says("taken") : Optional.empty();
        }

        private boolean mayBeNull() {
            return parameter().getAnnotatedType().isAnnotationPresent(Nullable.class) || isResult();
        }

        private boolean isNegative() {
            return nonsense instanceof Number number && number.longValue() < 0;
        }

        private boolean mayBeNegative() {
            return ANY_NUMBER.contains(parameter().getName())
                    || CHECKED_LATER.contains(call.toString())
                    || isResult();
        }

        /** Whether it only holds what a controller said. */
        private boolean isResult() {
            return RESULTS.contains(call.type())
                    || call.type().getPackageName().equals("io.nvme4j.spec");
        }

        private Optional<String> thrown(Throwable thrown) {
            String message = String.valueOf(thrown.getMessage());
            boolean isDocumented =
                    thrown instanceof NvmeException || DOCUMENTED.contains(thrown.getClass());
            boolean isOfNull = thrown instanceof NullPointerException;
            boolean mustName =
                    nonsense instanceof Number
                            && !(thrown instanceof CommandException) // the controller's answer
                            && !(thrown instanceof IndexOutOfBoundsException); // names the range
            if (!isDocumented || isOfNull != (nonsense == null) || !names(message, mustName)) {
                return says(thrown.toString());
            }
            return Optional.empty();
        }

        private boolean names(String message, boolean mustName) {
            String name = parameter().getName();
            if (nonsense == null) {
                return message.matches("(?s).*\\b" + name + "\\b.*");
            }
            boolean isSentence = message.split(" ").length > 1;
            return isSentence && (!mustName || message.contains(nonsense.toString()));
        }

        private Optional<String> says(String what) {
            return Optional.of(parameter().getName() + " = " + text() + ": " + what);
        }

        private String text() {
            String text = String.valueOf(nonsense);
            return text.substring(0, Math.min(80, text.length()));
        }
    }

    /** Interrupts a call that waits. */
    private static Thread watchdog(Thread caller, CountDownLatch ended) {
        return Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                if (!ended.await(500, TimeUnit.MILLISECONDS)) {
                                    caller.interrupt();
                                }
                            } catch (InterruptedException e) {
                                throw new AssertionError("nobody interrupts it", e);
                            }
                        });
    }
}
