// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import io.nvme4j.cli.job.Job;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Takes what a thread measures away from it, interval by interval. The <i>recorder</i> writes into
 * a tally that is its own, without a lock or a fence, and looks at one field now and then; when the
 * <i>collector</i> has offered it an empty tally there, it goes on with that and hands over the
 * full one. What was collected adds up to the total.
 */
public final class TallyExchange {
    /* The recorder's. */
    private Tally current;
    private boolean isWarmUp = true;

    /* From one to the other. */
    private final AtomicReference<@Nullable Tally> offered = new AtomicReference<>();
    private final AtomicReference<@Nullable Tally> returned = new AtomicReference<>();

    /* The collector's. */
    private final Tally total;
    private final Tally warmUp; // adding to it warms up what adds to the total
    private @Nullable Tally spare;

    /* Made before the measurement begins, as that must take no time. */
    private final Tally first;

    public TallyExchange(Job job) {
        this.current = new Tally(job);
        this.first = new Tally(job);
        this.spare = new Tally(job);
        this.total = new Tally(job);
        this.warmUp = new Tally(job);
    }

    /** Recorder: where it writes. */
    public Tally current() {
        return current;
    }

    /**
     * Recorder: the measurement begins; what was written since the last exchange is thrown away.
     */
    public Tally beginMeasurement(long now) {
        isWarmUp = false;
        current = first;
        current.begin(now, false);
        return current;
    }

    /** Recorder: whether {@link #handOver} is to be called. */
    public boolean isAsked() {
        return offered.getOpaque() != null;
    }

    /**
     * Recorder: hands over what it has written.
     *
     * @return where it writes from now on
     */
    public Tally handOver(long now) {
        Tally full = current;
        full.end(now);
        current = Objects.requireNonNull(offered.getAndSet(null));
        current.begin(now, isWarmUp);
        returned.setRelease(full);
        return current;
    }

    /** Collector: asks for what there is. */
    public void ask() {
        if (spare != null) {
            offered.setRelease(spare);
            spare = null;
        }
    }

    /** Collector: whether the recorder has answered. */
    public boolean hasAnswered() {
        return returned.getAcquire() != null;
    }

    /** Collector: takes what was handed over, if something was. */
    public void collect(Consumer<Tally> consumer) {
        Tally full = returned.getAndSet(null);
        if (full != null) {
            consume(full, consumer);
            full.reset();
            spare = full;
        }
    }

    /** Collector, when the recorder has ended: takes what is left. */
    public void finish(long now, Consumer<Tally> consumer) {
        collect(consumer);
        if (!isWarmUp) {
            current.end(now);
            consume(current, consumer);
        }
    }

    private void consume(Tally full, Consumer<Tally> consumer) {
        consumer.accept(full);
        (full.isWarmUp() ? warmUp : total).add(full);
    }

    /** Collector: all that was measured and collected. */
    public Measured[] total() {
        return total.directions();
    }
}
