// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Shows an engine's {@link QueueStatistics} to Micrometer, a meter for each queue pair: {@code
 * nvme4j.commands.submitted} and so on, until the engine is closed. An engine that keeps latencies
 * has a timer {@code nvme4j.commands.latency} as well, which its reactors record to. Micrometer is
 * an optional dependency; programs that use this class have it on their class path.
 *
 * <p>Thread-safe.
 */
@SuppressWarnings("exports") // of Micrometer: who uses this class requires it, and nobody else
public final class EngineMeters implements MeterBinder {
    private static final String PREFIX = "nvme4j.";
    private static final String COMMANDS = "commands";

    /** The tag that tells engines apart. */
    private static final String ENGINE = "engine";

    private static final List<Kind> COUNTERS =
            List.of(
                    new Kind(
                            "commands.submitted",
                            COMMANDS,
                            "Commands given to the controller",
                            QueueStatistics::submitted),
                    new Kind(
                            "commands.completed",
                            COMMANDS,
                            "Commands and transfers whose handlers were told, whatever their"
                                    + " status",
                            QueueStatistics::completed),
                    new Kind(
                            "commands.failed",
                            COMMANDS,
                            "Commands and transfers that completed with another status than"
                                    + " success",
                            QueueStatistics::failed),
                    new Kind(
                            "commands.timedout",
                            COMMANDS,
                            "Commands whose handlers were told that they took too long",
                            QueueStatistics::timedOut),
                    new Kind(
                            "commands.late",
                            COMMANDS,
                            "Commands that completed after their handlers were told so",
                            QueueStatistics::late),
                    new Kind("aborts", COMMANDS, "Abort commands sent", QueueStatistics::aborts),
                    new Kind(
                            "exchanges",
                            "calls",
                            "Native calls, each of which submits a batch and reaps",
                            QueueStatistics::exchanges),
                    new Kind(
                            "recoveries",
                            "recoveries",
                            "Times that the queue pair was made anew",
                            QueueStatistics::recoveries));

    private static final List<Kind> GAUGES =
            List.of(
                    new Kind(
                            "commands.inflight",
                            COMMANDS,
                            "Commands that the controller has now",
                            QueueStatistics::inFlight),
                    new Kind(
                            "ring.waiting",
                            "requests",
                            "Requests that were published and are still in the ring",
                            QueueStatistics::waiting));

    private final Engine engine;
    private final String name;

    /** One of the numbers that a queue pair has. */
    private record Kind(
            String name, String unit, String description, ToDoubleFunction<QueueStatistics> value) {

        ToDoubleFunction<Engine> of(int queue) {
            return engine -> value.applyAsDouble(engine.statistics(queue));
        }
    }

    /**
     * Meters of an engine.
     *
     * @param engine whose statistics are read when the registry asks
     * @param name tells the engine from others, in the tag {@code engine}
     */
    public EngineMeters(Engine engine, String name) {
        this.engine = Objects.requireNonNull(engine, "engine");
        this.name = Objects.requireNonNull(name, "name");
    }

    /**
     * Registers the meters; the engine's close removes them.
     *
     * @throws IllegalArgumentException if the registry shows an engine of this name already
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        List<Meter> meters = new ArrayList<>();
        synchronized (registry) {
            refuseSecond(registry);
            for (int queue = 0; queue < engine.lanes(); queue++) {
                register(registry, queue, meters);
            }
        }
        engine.whenClosed(() -> meters.forEach(registry::remove));
    }

    /** A registry answers with the meter that it has where a second one has its name and tags. */
    private void refuseSecond(MeterRegistry registry) {
        if (registry.find(PREFIX + COUNTERS.get(0).name).tag(ENGINE, name).meter() != null) {
            throw new IllegalArgumentException(
                    "the registry shows an engine " + name + " already: give each a name");
        }
    }

    private void register(MeterRegistry registry, int queue, List<Meter> meters) {
        Tags tags = Tags.of(ENGINE, name, "queue", Integer.toString(queue));
        COUNTERS.forEach(kind -> meters.add(counter(registry, kind, queue, tags)));
        GAUGES.forEach(kind -> meters.add(gauge(registry, kind, queue, tags)));
        if (engine.lane(queue).commands().observer().keepsLatencies()) {
            meters.add(timer(registry, queue, tags));
        }
    }

    private Meter counter(MeterRegistry registry, Kind kind, int queue, Tags tags) {
        return FunctionCounter.builder(PREFIX + kind.name, engine, kind.of(queue))
                .description(kind.description)
                .baseUnit(kind.unit)
                .tags(tags)
                .register(registry);
    }

    private Meter gauge(MeterRegistry registry, Kind kind, int queue, Tags tags) {
        return Gauge.builder(PREFIX + kind.name, engine, kind.of(queue))
                .description(kind.description)
                .baseUnit(kind.unit)
                .tags(tags)
                .register(registry);
    }

    private Meter timer(MeterRegistry registry, int queue, Tags tags) {
        Timer timer =
                Timer.builder(PREFIX + "commands.latency")
                        .description(
                                "From the submission to the completion as the reactor saw them")
                        .tags(tags)
                        .register(registry);
        engine.lane(queue)
                .commands()
                .observer()
                .listen(nanos -> timer.record(nanos, TimeUnit.NANOSECONDS));
        return timer;
    }
}
