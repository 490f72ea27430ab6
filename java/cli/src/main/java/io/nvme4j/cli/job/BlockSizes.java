// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Units;

import java.util.ArrayList;
import java.util.List;

/**
 * How long the I/Os of one direction are: sizes from {@code smallest} to {@code largest}, in
 * multiples of {@code smallest}, with equal chances; or those of a split.
 *
 * @param smallest bytes
 * @param largest bytes
 * @param split sizes with their chances, or empty
 */
public record BlockSizes(long smallest, long largest, List<Share> split) {
    /**
     * A size of a split.
     *
     * @param bytes of the I/O
     * @param percentage of the I/Os that have it
     */
    public record Share(long bytes, int percentage) {}

    /** One size only. */
    public static BlockSizes fixed(long bytes) {
        return new BlockSizes(bytes, bytes, List.of());
    }

    boolean areMultiplesOf(long unit) {
        return smallest % unit == 0
                && largest % unit == 0
                && split.stream().allMatch(share -> share.bytes() % unit == 0);
    }

    public static BlockSizes range(Setting setting, String text, int kiloBase) {
        String[] ends = text.split("[-:]", -1);
        long first = size(setting, ends[0], kiloBase);
        long second = size(setting, ends[ends.length - 1], kiloBase);
        if (ends.length > 2) {
            throw setting.wrong("'" + text + "' is no range: write 1k-4k");
        }
        return new BlockSizes(Math.min(first, second), Math.max(first, second), List.of());
    }

    public static long size(Setting setting, String text, int kiloBase) {
        long bytes = Units.bytes(setting, text, kiloBase);
        if (bytes <= 0) {
            throw setting.wrong("an I/O has at least one block");
        }
        return bytes;
    }

    /** Reads {@code 4k/10:64k/50:32k/40}; sizes without a percentage share what is left. */
    public static BlockSizes split(Setting setting, String text, int kiloBase) {
        List<Share> shares = new ArrayList<>();
        List<Long> open = new ArrayList<>();
        int total = 0;
        for (String part : text.split(":", 0)) { // one at the end says nothing
            String[] pair = part.split("/", -1);
            long bytes = size(setting, pair[0], kiloBase);
            if (pair.length == 1 || pair[1].isBlank()) {
                open.add(bytes);
            } else {
                int percentage = Units.percentage(setting, pair[1]);
                total += percentage;
                shares.add(new Share(bytes, percentage));
            }
        }
        return ofShares(setting, shares, open, total);
    }

    private static BlockSizes ofShares(
            Setting setting, List<Share> shares, List<Long> open, int total) {
        if (total > 100 || (total < 100 && open.isEmpty())) {
            throw setting.wrong("the percentages add up to " + total + ", not 100");
        }
        for (int i = 0; i < open.size(); i++) {
            shares.add(new Share(open.get(i), Units.part(100 - total, i, open.size())));
        }
        shares.removeIf(share -> share.percentage() == 0);
        long smallest = shares.stream().mapToLong(Share::bytes).min().orElseThrow();
        long largest = shares.stream().mapToLong(Share::bytes).max().orElseThrow();
        return new BlockSizes(
                smallest, largest, shares.size() == 1 ? List.of() : List.copyOf(shares));
    }
}
