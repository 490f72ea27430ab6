// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import io.nvme4j.internal.sweep.LiveBlock.Contended;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Blocks of a point that depend on one another: what is in flight and covers several of them is on
 * all or on none. Mostly it is one block.
 *
 * <p>What it may hold is found by going through the orders in which pieces in flight may have
 * reached the medium, as far as they did. Given one, each block has the last piece that covers it,
 * or what may have been written after that; and of these, such go together as have an {@link
 * Order}.
 */
final class Component {
    /** Outcomes that are gone through at most; what is beyond is not tried. */
    private static final int MOST_OUTCOMES = 4096;

    private final List<Contended> blocks;
    private final long time;
    private final Set<List<Version>> outcomes = new LinkedHashSet<>();

    private Component(List<Contended> blocks, long time) {
        this.blocks = blocks;
        this.time = time;
    }

    /**
     * What these blocks may hold: a version for each, in the order of the blocks. The first outcome
     * has the oldest, the last one the newest.
     */
    static List<Version[]> outcomes(List<Contended> blocks, long time) {
        if (blocks.size() == 1) {
            return blocks.getFirst().versions().stream()
                    .map(version -> new Version[] {version})
                    .toList();
        }
        Component component = new Component(blocks, time);
        List<Version> newest = blocks.stream().map(block -> block.versions().getLast()).toList();
        component.arrange(new ArrayList<>(), component.pieces());
        component.outcomes.remove(newest); // and again, as the last
        component.outcomes.add(newest);
        return component.outcomes.stream().map(each -> each.toArray(Version[]::new)).toList();
    }

    /** Pieces that are whole or absent, in the order of their submission. */
    private List<List<Version>> pieces() {
        return blocks.stream()
                .flatMap(block -> block.versions().stream())
                .filter(version -> version.isAtomic(time))
                .map(Version::piece)
                .collect(Collectors.toCollection(LinkedHashSet::new))
                .stream()
                .sorted((a, b) -> Long.compare(submitted(a), submitted(b)))
                .toList();
    }

    private static long submitted(List<Version> piece) {
        return piece.getFirst().command.submitted;
    }

    /** Adds the outcomes of what was applied, and of each way to apply more after that. */
    private void arrange(List<List<Version>> applied, List<List<Version>> left) {
        if (outcomes.size() >= MOST_OUTCOMES) {
            return;
        }
        fill(new ArrayList<>(), applied);
        for (List<Version> next : left) {
            // None was consumed before another was submitted: each order is possible.
            List<List<Version>> more = new ArrayList<>(applied);
            more.add(next);
            List<List<Version>> others = new ArrayList<>(left);
            others.remove(next);
            arrange(more, others);
        }
    }

    private void fill(List<Version> chosen, List<List<Version>> applied) {
        if (chosen.size() == blocks.size()) {
            if (Order.exists(blocks, chosen, time)) {
                outcomes.add(List.copyOf(chosen));
            }
            return;
        }
        for (Version version : choices(blocks.get(chosen.size()), applied)) {
            chosen.add(version);
            fill(chosen, applied);
            chosen.removeLast();
        }
    }

    /** What a block may hold after pieces were applied. */
    private List<Version> choices(Contended block, List<List<Version>> applied) {
        Version last = null;
        for (List<Version> piece : applied) {
            for (Version version : piece) {
                last = version.block == block.block() ? version : last;
            }
        }
        List<Version> choices = new ArrayList<>();
        for (Version version : block.versions()) {
            boolean mayBeLast = last == null || !version.isBefore(last);
            if (!version.isAtomic(time) && mayBeLast) {
                choices.add(version);
            }
        }
        if (last != null) {
            choices.add(last);
        }
        return choices;
    }
}
