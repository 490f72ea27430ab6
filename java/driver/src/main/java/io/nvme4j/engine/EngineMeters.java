// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.util.function.ToLongFunction;

/**
 * Shows an engine's {@link QueueStatistics} to Micrometer, a meter for each queue pair: {@code
 * nvme4j.commands.submitted} and so on. Micrometer is an optional dependency; programs that use
 * this class have it on their class path.
 */
public final class EngineMeters implements MeterBinder {
    private final Engine engine;
    private final Tags tags;

    /**
     * Meters of an engine.
     *
     * @param name tells the engine from others, in the tag {@code engine}
     */
    public EngineMeters(Engine engine, String name) {
        this.engine = engine;
        this.tags = Tags.of("engine", name);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (int queue = 0; queue < engine.lanes(); queue++) {
            counter(registry, queue, "commands.submitted", QueueStatistics::submitted);
            counter(registry, queue, "commands.completed", QueueStatistics::completed);
            counter(registry, queue, "commands.failed", QueueStatistics::failed);
            counter(registry, queue, "commands.timedout", QueueStatistics::timedOut);
            counter(registry, queue, "commands.late", QueueStatistics::late);
            counter(registry, queue, "aborts", QueueStatistics::aborts);
            counter(registry, queue, "exchanges", QueueStatistics::exchanges);
            counter(registry, queue, "recoveries", QueueStatistics::recoveries);
            int index = queue;
            Gauge.builder(
                            "nvme4j.commands.inflight",
                            engine,
                            one -> one.statistics(index).inFlight())
                    .tags(of(queue))
                    .register(registry);
        }
    }

    private void counter(
            MeterRegistry registry, int queue, String name, ToLongFunction<QueueStatistics> value) {
        FunctionCounter.builder(
                        "nvme4j." + name, engine, one -> value.applyAsLong(one.statistics(queue)))
                .tags(of(queue))
                .register(registry);
    }

    private Tags of(int queue) {
        return tags.and("queue", Integer.toString(queue));
    }
}
