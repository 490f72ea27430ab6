// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Looks for the smallest state that a check still refuses: the fewest blocks that don't hold what
 * was written last. First what whole commands have written is put back, then single blocks.
 */
final class Shrinking {
    private final Choices choices;
    private final Predicate<int[]> fails;
    private int[] smallest;

    private Shrinking(States.State state, Predicate<int[]> fails) {
        this.choices = state.choices();
        this.fails = fails;
        this.smallest = state.choice().clone();
    }

    /**
     * The smallest state.
     *
     * @param fails whether the check refuses the state with such choices
     */
    static States.State smallest(States.State state, Predicate<int[]> fails) {
        Shrinking shrinking = new Shrinking(state, fails);
        shrinking.shrink();
        return new States.State(state.point(), state.choices(), shrinking.smallest);
    }

    private void shrink() {
        int before;
        do {
            before = lost().size();
            groups().forEach(this::restore);
            lost().forEach(component -> restore(Set.of(component)));
        } while (lost().size() < before);
    }

    /** Components that don't hold the newest. */
    private List<Integer> lost() {
        int[] newest = choices.newest();
        return IntStream.range(0, newest.length)
                .filter(component -> smallest[component] != newest[component])
                .boxed()
                .toList();
    }

    /** Lost components by the commands whose versions they would have. */
    private List<Set<Integer>> groups() {
        Map<RecordedCommand, Set<Integer>> groups = new LinkedHashMap<>();
        int[] newest = choices.newest();
        for (int component : lost()) {
            for (Version version : choices.outcome(component, newest[component])) {
                groups.computeIfAbsent(version.command, any -> new LinkedHashSet<>())
                        .add(component);
            }
        }
        return new ArrayList<>(groups.values());
    }

    /** Has components hold the newest, unless the check takes that. */
    private void restore(Set<Integer> components) {
        int[] state = smallest.clone();
        int[] newest = choices.newest();
        components.forEach(component -> state[component] = newest[component]);
        if (fails.test(state)) {
            smallest = state;
        }
    }
}
