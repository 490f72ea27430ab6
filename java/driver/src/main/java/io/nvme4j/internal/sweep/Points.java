// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import static io.nvme4j.internal.sweep.RecordedCommand.ALL_NAMESPACES;
import static io.nvme4j.internal.sweep.RecordedCommand.NEVER;

import io.nvme4j.internal.sweep.LiveBlock.Contended;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Goes through a recording and finds its {@link Point}s: what a write has made durable when, as the
 * NVMe Base Specification's Flush, the NVM Command Set's FUA and the volatile write cache have it,
 * from the host's view.
 */
final class Points {
    private final LiveBlock[] blocks;
    private final BitSet contended = new BitSet();
    private final List<RecordedCommand> written = new ArrayList<>(); // and not known to be durable
    private final List<Point> points = new ArrayList<>();

    /* Since the last point. */
    private final BitSet changed = new BitSet();
    private final List<Version> former = new ArrayList<>();

    private Points(List<Version> earlier) {
        blocks = earlier.stream().map(LiveBlock::new).toArray(LiveBlock[]::new);
    }

    /** The course of a recording. */
    static Course of(Recording recording) {
        Points points = new Points(recording.earlier());
        points.find(recording.commands());
        return new Course(List.copyOf(points.points), points.settled());
    }

    /**
     * What a recording comes to.
     *
     * @param points in their order; the last is the end
     * @param settled what the blocks hold at the end that aren't contended there
     */
    record Course(List<Point> points, List<Version> settled) {
        /** The points from a time on. */
        Course from(long time) {
            return new Course(
                    points.stream().filter(point -> point.time() >= time).toList(), settled);
        }
    }

    private record Step(long time, boolean isEnd, RecordedCommand command) {}

    private void find(Collection<RecordedCommand> commands) {
        List<Step> steps = new ArrayList<>();
        for (RecordedCommand command : commands) {
            steps.add(new Step(command.submitted, false, command));
            if (command.completed() != NEVER && command.succeeded() && settlesSomething(command)) {
                steps.add(new Step(command.completed(), true, command));
            }
        }
        steps.sort(Comparator.comparingLong(Step::time));
        for (Step step : steps) {
            if (step.isEnd) {
                addPoint(step.time);
                settle(step.command);
            } else {
                submit(step.command);
            }
        }
        addPoint(NEVER);
    }

    private static boolean settlesSomething(RecordedCommand command) {
        return switch (command.kind) {
            case FLUSH, SHUTDOWN -> true;
            case WRITE, READ -> command.isDurable;
        };
    }

    private void submit(RecordedCommand command) {
        if (command.kind == RecordedCommand.Kind.WRITE) {
            command.versions.forEach(version -> change(version.block).add(version));
            written.add(command);
            note(command.versions);
        }
    }

    private void settle(RecordedCommand end) {
        switch (end.kind) {
            case WRITE -> settle(end.versions);
            case READ -> show(end);
            case FLUSH -> settleAll(write -> isCovered(write, end));
            case SHUTDOWN -> settleAll(write -> write.completed() < end.completed());
        }
    }

    private static boolean isCovered(RecordedCommand write, RecordedCommand flush) {
        return write.isBefore(flush)
                && (flush.namespace == ALL_NAMESPACES || flush.namespace == write.namespace);
    }

    private void settleAll(Predicate<RecordedCommand> isCovered) {
        written.removeIf(
                write -> {
                    boolean settles = write.succeeded() && isCovered.test(write);
                    if (settles) {
                        settle(write.versions);
                    }
                    return settles;
                });
    }

    private void settle(List<Version> versions) {
        versions.forEach(version -> change(version.block).settle(version));
        note(versions);
    }

    private void show(RecordedCommand read) {
        read.versions.forEach(version -> change(version.block).settle(version, read));
        note(read.versions);
    }

    /** A block that is about to change. */
    private LiveBlock change(int block) {
        if (!changed.get(block)) {
            changed.set(block);
            if (!contended.get(block)) {
                former.add(blocks[block].only());
            }
        }
        return blocks[block];
    }

    private void note(List<Version> versions) {
        versions.forEach(
                version -> contended.set(version.block, blocks[version.block].isContended()));
    }

    private void addPoint(long time) {
        List<Contended> several =
                contended.stream().mapToObj(block -> blocks[block].contended(block)).toList();
        points.add(new Point(time, several, List.copyOf(former)));
        former.clear();
        changed.clear();
    }

    /** What the blocks hold at the end that aren't contended there. */
    private List<Version> settled() {
        return IntStream.range(0, blocks.length)
                .filter(block -> !contended.get(block))
                .mapToObj(block -> blocks[block].only())
                .toList();
    }
}
