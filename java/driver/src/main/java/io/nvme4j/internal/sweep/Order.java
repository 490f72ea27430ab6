// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * In which order what some blocks hold must have come to the medium: whether there is one. Of a
 * block, what it holds came after all else of it that is there for sure; and what the host knew to
 * have ended came before what it submitted then.
 */
final class Order {
    private final long time;

    /** Pieces, and what must come after each. */
    private final Map<List<Version>, Set<List<Version>>> after = new LinkedHashMap<>();

    private Order(long time) {
        this.time = time;
    }

    /**
     * Whether these blocks may hold such versions together.
     *
     * @param held a version for each of the blocks
     */
    static boolean exists(List<LiveBlock.Contended> blocks, List<Version> held, long time) {
        Order order = new Order(time);
        Map<Integer, Version> byBlock = new HashMap<>();
        held.forEach(version -> byBlock.put(version.block, version));
        for (LiveBlock.Contended block : blocks) {
            block.durable().forEach(version -> order.follow(version, byBlock));
        }
        held.forEach(version -> order.follow(version, byBlock));
        return order.isPossible();
    }

    /** What survives with a version: itself, or its piece as long as that is in flight. */
    private List<Version> unit(Version version) {
        return version.isAtomic(time) ? version.piece() : List.of(version);
    }

    /** A version is there: what its blocks hold instead came after it. */
    private void follow(Version there, Map<Integer, Version> held) {
        List<Version> unit = unit(there);
        Set<List<Version>> later = after.computeIfAbsent(unit, any -> new HashSet<>());
        for (Version version : unit) {
            Version other = held.get(version.block);
            if (other != null && other != version) {
                later.add(unit(other));
            }
        }
    }

    /** Takes away what need not come after anything, until nothing is left, or nothing can be. */
    private boolean isPossible() {
        boolean goesOn = true;
        while (goesOn) {
            Set<List<Version>> next =
                    after.keySet().stream().filter(this::mayBeNext).collect(Collectors.toSet());
            goesOn = after.keySet().removeAll(next);
        }
        return after.isEmpty();
    }

    private boolean mayBeNext(List<Version> unit) {
        return after.values().stream().noneMatch(later -> later.contains(unit))
                && after.keySet().stream()
                        .noneMatch(other -> other.getFirst().isBefore(unit.getFirst()));
    }
}
