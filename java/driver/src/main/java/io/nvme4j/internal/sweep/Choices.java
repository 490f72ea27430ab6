// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import io.nvme4j.internal.sweep.LiveBlock.Contended;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * The states of a point: each of its components has one of its outcomes, independently of the
 * others. A state is the outcomes' numbers; 0 is the oldest of a component, and its last one the
 * newest.
 */
final class Choices {
    /** By component. */
    private final List<List<Version[]>> outcomes = new ArrayList<>();

    Choices(Point point) {
        groups(point).forEach(group -> outcomes.add(Component.outcomes(group, point.time())));
    }

    /** The contended blocks of a point, those together that a piece in flight joins. */
    private static Iterable<List<Contended>> groups(Point point) {
        Map<Integer, Contended> blocks = new LinkedHashMap<>();
        point.contended().forEach(block -> blocks.put(block.block(), block));
        Map<Integer, Integer> leaders = new HashMap<>();
        for (Contended block : point.contended()) {
            for (Version version : block.versions()) {
                if (version.isAtomic(point.time())) {
                    version.piece().forEach(other -> unite(leaders, block.block(), other.block));
                }
            }
        }
        Map<Integer, List<Contended>> groups = new LinkedHashMap<>();
        blocks.forEach(
                (number, block) ->
                        groups.computeIfAbsent(leader(leaders, number), any -> new ArrayList<>())
                                .add(block));
        return groups.values();
    }

    private static int leader(Map<Integer, Integer> leaders, int block) {
        int leader = leaders.getOrDefault(block, block);
        return leader == block ? block : leader(leaders, leader);
    }

    private static void unite(Map<Integer, Integer> leaders, int one, int other) {
        leaders.put(leader(leaders, other), leader(leaders, one));
    }

    int components() {
        return outcomes.size();
    }

    int count(int component) {
        return outcomes.get(component).size();
    }

    /** How many states there are. Only roughly where there are more than 2^53. */
    double states() {
        double product = 1;
        for (List<Version[]> each : outcomes) {
            product *= each.size();
        }
        return product;
    }

    /** Has a component's blocks hold one of its outcomes. */
    void put(Image image, int component, int outcome) {
        for (Version version : outcomes.get(component).get(outcome)) {
            image.put(version);
        }
    }

    void put(Image image, int[] state) {
        for (int i = 0; i < state.length; i++) {
            put(image, i, state[i]);
        }
    }

    /** The outcome, by component. */
    Version[] outcome(int component, int outcome) {
        return outcomes.get(component).get(outcome);
    }

    /** All components have their newest outcomes: nothing is lost. */
    int[] newest() {
        return outcomes.stream().mapToInt(each -> each.size() - 1).toArray();
    }

    /** All states, one after the other in the same array. */
    void forAll(Consumer<int[]> found) {
        int[] state = new int[components()];
        int at;
        do {
            found.accept(state);
            at = 0;
            while (at < state.length && ++state[at] == count(at)) {
                state[at++] = 0;
            }
        } while (at < state.length);
    }

    /**
     * At most so many states: nothing that is undecided, all of it, each alone there, each alone
     * missing, and others by chance.
     */
    void forSome(int most, Random random, Consumer<int[]> found) {
        int[] oldest = new int[components()];
        found.accept(oldest.clone());
        found.accept(newest());
        int left = most - 2;
        int each = Math.min(components(), left / 4);
        for (int i = 0; i < each; i++) {
            int component = (int) ((long) i * components() / each); // evenly spread
            int[] alone = oldest.clone();
            alone[component] = count(component) - 1;
            found.accept(alone);
            int[] missing = newest();
            missing[component] = 0;
            found.accept(missing);
        }
        for (left -= 2 * each; left > 0; left--) {
            found.accept(draw(random));
        }
    }

    /** Mostly old or mostly new, as often as anything between. */
    private int[] draw(Random random) {
        int[] state = newest();
        double lost = random.nextDouble();
        for (int i = 0; i < state.length; i++) {
            if (random.nextDouble() < lost) {
                state[i] = random.nextInt(count(i));
            }
        }
        return state;
    }
}
