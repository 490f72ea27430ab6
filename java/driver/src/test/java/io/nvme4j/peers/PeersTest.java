// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.Transports;
import io.nvme4j.spec.NvmOpcode;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The embedded controller and others are given the same random commands, valid and not. Whatever
 * they answer differently is in {@link Allowed}, with what the specification says of it.
 */
class PeersTest {
    /** System property: commands that each pair is given. */
    private static final String COMMANDS = "nvme4j.peers.commands";

    /** System property: seed, to have the commands of an earlier run. */
    private static final String SEED = "nvme4j.peers.seed";

    private static final String EMBEDDED = "trtype:EMBEDDED size:64M ";

    private final int commands = Integer.getInteger(COMMANDS, 2_000);
    private final long seed = Long.getLong(SEED, new Random().nextLong());
    private final Map<String, Integer> differences = new TreeMap<>();
    private final Map<String, Wish> first = new HashMap<>();

    @Test
    void embeddedControllersAnswerAlikeHoweverTheyRun() {
        for (String keys : List.of("mode:threaded", "iova:scrambled sgl:none", "latency:1us")) {
            compare(EMBEDDED + keys);
            assertEquals(Map.of(), differences, "seed " + seed);
        }
    }

    @Test
    void whatOthersAnswerDifferentlyIsAllowed() {
        List<Transports.Transport> others =
                Transports.all().stream()
                        .filter(transport -> !transport.id().contains("EMBEDDED"))
                        .filter(transport -> transport.namespace() == 1)
                        .toList();
        assumeTrue(!others.isEmpty(), "no other controllers: SPDK is missing");
        for (Transports.Transport other : others) {
            compare(other.id());
        }
        assertEquals(Map.of(), differences, "seed " + seed);
    }

    /** Of an embedded controller that has as many blocks as the other. */
    private void compare(String otherId) {
        try (Side other = new Side(otherId);
                Side side = new Side("trtype:EMBEDDED size:" + other.blocks() * Wishes.BLOCK)) {
            assertEquals(side.blocks(), other.blocks());
            side.clear();
            other.clear();
            Wishes wishes = new Wishes(seed, side.blocks());
            for (int i = 0; i < commands; i++) {
                compare(side, other, wishes.next());
            }
        }
    }

    private void compare(Side side, Side other, Wish wish) {
        int status = side.give(wish);
        int otherStatus = other.give(wish);
        if (status != otherStatus && !Allowed.allow(wish, status, otherStatus)) {
            note(wish, "%03X | %03X".formatted(status, otherStatus));
        }
        if (wish.is(NvmOpcode.READ) && status == 0 && otherStatus == 0) {
            compareData(side, other, wish);
        }
        if (wish.isAdvice() || wish.changesBlocks() && status != otherStatus) {
            side.clear();
            other.clear();
        }
    }

    private void compareData(Side side, Side other, Wish wish) {
        if (!Arrays.equals(side.data(wish), other.data(wish))) {
            note(wish, "other data");
        }
    }

    private void note(Wish wish, String difference) {
        String key =
                "%s %02Xh: %s"
                        .formatted(wish.isAdmin() ? "admin" : "I/O", wish.opcode(), difference);
        differences.merge(key, 1, Integer::sum);
        if (first.putIfAbsent(key, wish) == null) {
            System.out.println(key + ": " + wish);
        }
    }
}
