// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import static io.nvme4j.internal.sweep.RecordedCommand.NEVER;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a drive was asked to do while it was recorded.
 *
 * @param earlier what each block that was touched held before
 * @param commands all that matter to what is on the medium, in the order of their execution
 * @param from power is cut at this time or later
 */
public record Recording(List<Version> earlier, List<RecordedCommand> commands, long from) {
    /** Power is cut at any time. */
    public Recording(List<Version> earlier, List<RecordedCommand> commands) {
        this(earlier, commands, 0);
    }

    /**
     * The moments at which a host can crash that matter: before each command, and after all.
     *
     * @param most moments, evenly spread
     */
    public List<Long> moments(int most) {
        List<Long> all = new ArrayList<>();
        commands.forEach(command -> all.add(command.submitted));
        all.add(NEVER);
        int count = Math.min(most, all.size());
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) ((long) (i + 1) * all.size() / count - 1)))
                .toList();
    }

    /** What the blocks hold when everything was executed that was submitted before a time. */
    public List<Version> image(long time) {
        List<Version> image = new ArrayList<>(earlier);
        before(time)
                .forEach(
                        command -> {
                            if (command.is(RecordedCommand.Kind.WRITE) && command.succeeded()) {
                                command.versions.forEach(
                                        version -> image.set(version.block, version));
                            }
                        });
        return image;
    }

    private List<RecordedCommand> before(long time) {
        return commands.stream().filter(command -> command.submitted < time).toList();
    }

    /**
     * What comes of this recording's host crashing, and another one going on with the drive, which
     * has not lost power. Power is cut while that one is at work.
     *
     * @param crash when the first host crashed
     * @param next what the other host did
     * @param numbers what its blocks are here: first the blocks of this recording, then new ones
     */
    public Recording then(long crash, Recording next, int[] numbers) {
        long later = 1 + end();
        Map<Version, Version> copies = new HashMap<>();
        int[] same = IntStream.range(0, earlier.size()).toArray();
        List<RecordedCommand> all = new ArrayList<>();
        before(crash).forEach(command -> all.add(command.copy(crash, 0, copies, same)));
        next.commands.forEach(command -> all.add(command.copy(NEVER, later, copies, numbers)));
        copies.forEach((from, to) -> join(from, copies));
        List<Version> blocks = new ArrayList<>(earlier);
        for (Version version : next.earlier) {
            int number = numbers[version.block];
            if (number >= earlier.size()) {
                assert number == blocks.size();
                blocks.add(version.of(version.command, number));
            }
        }
        return new Recording(blocks, all, later);
    }

    private static void join(Version from, Map<Version, Version> copies) {
        if (from.piece().size() > 1 && from.piece().getFirst() == from) {
            Version.join(from.piece().stream().map(copies::get).toList());
        }
    }

    private long end() {
        return commands.stream()
                .mapToLong(
                        command ->
                                command.completed() == NEVER
                                        ? command.submitted
                                        : command.completed())
                .max()
                .orElse(0);
    }
}
