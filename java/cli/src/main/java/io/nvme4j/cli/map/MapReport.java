// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.map;

import io.nvme4j.Controller;
import io.nvme4j.cli.text.ByteSize;
import io.nvme4j.map.DataPointerEntry;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.PlannedCommand;
import io.nvme4j.map.SglSupport;
import io.nvme4j.map.SplitReason;
import io.nvme4j.map.TransferPlan;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** Prints a {@link TransferPlan} for people who want to know. */
final class MapReport {
    /** Entries of a data pointer that are shown at its beginning and at its end. */
    private static final int SHOWN_FIRST = 6;

    private static final int SHOWN_LAST = 2;

    private final PrintWriter out;
    private final boolean all;

    /**
     * @param all whether to print every entry
     */
    MapReport(PrintWriter out, boolean all) {
        this.out = out;
        this.all = all;
    }

    void print(Controller controller, MappingRules rules, List<ByteRange> data, TransferPlan plan) {
        out.println("controller  " + controller.description());
        out.println("takes       " + describe(rules));
        out.println("data        " + describe(data));
        if (plan.needsCopy()) {
            out.println("becomes     a copy: " + whyCopied(rules));
            return;
        }
        int count = plan.commands().size();
        out.println("becomes     " + count + (count == 1 ? " command" : " commands"));
        if (data.stream().noneMatch(ByteRange::isSkipped)) { // only reads can skip
            out.println("a write is  " + atomicity(plan));
        }
        if (count > 1 && hasLists(plan)) {
            out.println(
                    "lists       of each command are its own; here they take turns in one place");
        }
        for (int i = 0; i < count; i++) {
            out.println();
            print(i + 1, plan.commands().get(i));
        }
    }

    private static String describe(MappingRules rules) {
        String forms =
                rules.forms().stream().map(Enum::name).sorted().collect(Collectors.joining(", "));
        return forms
                + "; pages of "
                + ByteSize.format(rules.pageSize())
                + "; up to "
                + ByteSize.format(rules.maximumTransferSize())
                + " a command; SGLs: "
                + rules.sglSupport().name().toLowerCase(Locale.ROOT);
    }

    private static String describe(List<ByteRange> data) {
        long bytes = data.stream().mapToLong(ByteRange::length).sum();
        return data.stream()
                .map(
                        range ->
                                ByteSize.format(range.length())
                                        + (range.isSkipped()
                                                ? " skipped"
                                                : " from offset " + hex(range.offset())))
                .collect(Collectors.joining(", then ", "", " (" + bytes + " bytes)"));
    }

    private static String whyCopied(MappingRules rules) {
        StringJoiner why = new StringJoiner("; ");
        why.add("the controller takes no such memory as it is");
        if (rules.takes(DataPointerForm.PRP)) {
            why.add(
                    "PRPs begin on multiples of 4, use every page but the first and the last whole,"
                            + " and skip nothing");
        }
        if (rules.takes(DataPointerForm.SGL) && rules.sglSupport() == SglSupport.DWORD) {
            why.add("its SGLs begin and end on multiples of 4");
        }
        return why.toString();
    }

    private static boolean hasLists(TransferPlan plan) {
        return plan.commands().stream()
                .flatMap(command -> command.entries().stream())
                .anyMatch(entry -> entry.list() >= 0);
    }

    private static String atomicity(TransferPlan plan) {
        long block = plan.geometry().blocks().distance();
        long unit = plan.geometry().atomic().bytes() / block;
        if (plan.isAtomic()) {
            return "atomic: it is one command of no more than " + unit + " blocks";
        }
        if (plan.commands().size() > 1) {
            return "not atomic: some of its commands may have taken effect and others not";
        }
        return plan.commands().getFirst().blocks() > unit
                ? "not atomic: it has more blocks than the atomic write unit, " + unit
                : "not atomic: it crosses an atomic boundary";
    }

    private void print(int number, PlannedCommand command) {
        out.printf(
                Locale.ROOT,
                "command %d: LBA %d, %d blocks (NLB field %d), %d bytes, %s%s%n",
                number,
                command.startingLba(),
                command.blocks(),
                command.blocks() - 1,
                command.bytes(),
                command.form(),
                command.reason() == SplitReason.END
                        ? ""
                        : "; ends for: " + command.reason().text());
        List<DataPointerEntry> entries = command.entries();
        long done = 0;
        for (int i = 0; i < entries.size(); i++) {
            DataPointerEntry entry = entries.get(i);
            boolean shown = all || i < SHOWN_FIRST || i >= entries.size() - SHOWN_LAST;
            if (shown) {
                print(entry, done);
            } else if (i == SHOWN_FIRST) {
                int left = entries.size() - SHOWN_FIRST - SHOWN_LAST;
                out.println("  ... " + left + " more (--all shows them)");
            }
            done += entry.kind().isData() ? entry.bytes() : 0;
        }
    }

    private void print(DataPointerEntry entry, long done) {
        String where = entry.list() < 0 ? "" : " " + entry.list() + "[" + entry.index() + "]";
        String what =
                switch (entry.kind()) {
                    case METADATA_POINTER -> entry.bytes() + " bytes of metadata";
                    case PRP2_LIST, PRP_LIST_LINK -> "a list";
                    case SGL_SEGMENT, SGL_LAST_SEGMENT -> "a list of " + entry.bytes() + " bytes";
                    default -> entry.bytes() + " bytes, from byte " + done;
                };
        out.printf(
                Locale.ROOT,
                "  %-32s %-18s %s%n",
                entry.kind().text() + where,
                hex(entry.address()),
                what);
    }

    private static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }
}
