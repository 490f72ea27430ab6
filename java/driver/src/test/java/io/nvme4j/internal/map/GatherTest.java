// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static io.nvme4j.map.DataPointerForm.CONTIGUOUS;
import static io.nvme4j.map.DataPointerForm.FRAGMENTS;
import static io.nvme4j.map.DataPointerForm.PRP;
import static io.nvme4j.map.DataPointerForm.SGL;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.internal.map.FakeDma.PageOrder;
import io.nvme4j.internal.map.ReferenceWalker.Piece;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.SglSupport;
import io.nvme4j.map.SplitReason;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Transfers of many ranges: what the planner cuts, the mapper maps, and the walker reads back. */
class GatherTest {
    private static final int PAGE = FakeDma.PAGE;
    private static final int LIST_PAGES = 2;
    private static final List<PageOrder> ORDERS = List.of(PageOrder.values());

    private final MemorySegment command = Arena.ofAuto().allocate(16, 8);

    enum Kind {
        PRP,
        SGL_BYTE,
        SGL_DWORD,
        BOTH_BYTE,
        BOTH_DWORD;

        MappingRules rules() {
            return switch (this) {
                case PRP -> RulesFor.prp();
                case SGL_BYTE -> RulesFor.sgl(SglSupport.BYTE);
                case SGL_DWORD -> RulesFor.sgl(SglSupport.DWORD);
                case BOTH_BYTE -> RulesFor.both(SglSupport.BYTE);
                case BOTH_DWORD -> RulesFor.both(SglSupport.DWORD);
            };
        }
    }

    /** A random list, and what it is in plain words. */
    private static final class Case {
        final FakeDma dma;
        final Random random;
        final Gather gather = new Gather();
        final List<Piece> bytes = new ArrayList<>();

        Case(long seed) {
            dma = new FakeDma(seed);
            random = new Random(~seed);
        }

        void add(MappedMemory memory, long offset, long length) {
            gather.add(memory, offset, length);
            dma.expect(bytes, memory, offset, length);
        }

        void skip(long length) {
            gather.addBitBucket(length);
            bytes.add(new Piece(Piece.NOWHERE, length));
        }

        /** Ranges that mostly, but not always, suit the controller; whole blocks in all. */
        void fill(int ranges, int unit, boolean skips) {
            int alignment = List.of(1, 4, 4, 512, PAGE).get(random.nextInt(5));
            for (int i = 0; i < ranges; i++) {
                long length = (1 + random.nextLong(3 * PAGE / alignment)) * alignment;
                if (i == ranges - 1) {
                    length += (unit - (gather.length() + length) % unit) % unit;
                }
                if (skips && random.nextInt(4) == 0) {
                    skip(length);
                } else {
                    addRange(length, alignment);
                }
            }
        }

        private void addRange(long length, int alignment) {
            long offset = random.nextInt(2) * random.nextLong(2 * PAGE) / alignment * alignment;
            PageOrder order = ORDERS.get(random.nextInt(ORDERS.size()));
            boolean table = random.nextBoolean();
            add(dma.memory(0, offset + length, order, table), offset, length);
        }

        /** The bytes of a part, in order. */
        List<Piece> part(long from, long length) {
            List<Piece> part = new ArrayList<>();
            long at = 0;
            for (Piece piece : bytes) {
                long begin = Math.max(at, from);
                long end = Math.min(at + piece.length(), from + length);
                if (begin < end) {
                    boolean nowhere = piece.iova() == Piece.NOWHERE;
                    part.add(
                            new Piece(
                                    nowhere ? Piece.NOWHERE : piece.iova() + begin - at,
                                    end - begin));
                }
                at += piece.length();
            }
            return part;
        }
    }

    /** A command of the plan. */
    private record Planned(long lba, int blocks, SplitReason reason) {}

    /** Whether PRPs can be made for pieces of a page at most, by the specification's rules. */
    private static boolean isPrp(List<Piece> pieces) {
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            boolean begins = i == 0 ? piece.iova() % 4 == 0 : piece.iova() % PAGE == 0;
            boolean ends = i == pieces.size() - 1 || (piece.iova() + piece.length()) % PAGE == 0;
            if (piece.iova() == Piece.NOWHERE || !begins || !ends) {
                return false;
            }
        }
        return pieces.size() <= 1 + LIST_PAGES * PAGE / 8 - (LIST_PAGES - 1);
    }

    private static boolean isSgl(List<Piece> pieces, SglSupport support) {
        int alignment = support == SglSupport.DWORD ? 4 : 1;
        for (Piece piece : pieces) {
            boolean nowhere = piece.iova() == Piece.NOWHERE;
            if (piece.length() % alignment != 0 || !nowhere && piece.iova() % alignment != 0) {
                return false;
            }
        }
        int descriptors = FakeDma.joined(pieces).size();
        return descriptors <= LIST_PAGES * PAGE / 16 - (LIST_PAGES - 1);
    }

    private static boolean canBe(MappingRules rules, List<Piece> pieces) {
        return rules.takes(PRP) && isPrp(pieces)
                || rules.takes(SGL) && isSgl(pieces, rules.sglSupport());
    }

    private static boolean crosses(long multiple, long lba, long blocks) {
        return multiple != 0 && lba / multiple != (lba + blocks - 1) / multiple;
    }

    @Property
    void commandsMoveExactlyTheBytesOfTheTransfer(
            @ForAll Kind kind,
            @ForAll @IntRange(min = 1, max = 12) int ranges,
            @ForAll boolean skips,
            @ForAll long seed) {
        Case made = new Case(seed);
        BlockLayout layout = layout(made.random);
        int unit = layout.bytesInBuffer();
        made.fill(ranges, unit, skips);
        MappingRules rules =
                kind.rules().withMaximumTransferSize(unit * (1L + made.random.nextInt(40)));
        long lba = made.random.nextLong(1000);
        int blocks = (int) (made.gather.length() / unit);
        ListPages lists = made.dma.lists(3 * LIST_PAGES);
        PageMapper mapper = new PageMapper(rules, lists, LIST_PAGES);
        List<Planned> plan = new ArrayList<>();
        int[] at = {0};
        int count =
                new TransferPlanner(mapper)
                        .plan(
                                new MovedBlocks().begin(layout, lba, blocks),
                                0,
                                made.gather,
                                (index, first, many, from, reason) -> {
                                    assertEquals(plan.size(), index);
                                    assertEquals(lba + at[0], first);
                                    checkCommand(made, mapper, from, at[0], many, unit);
                                    at[0] += many;
                                    return plan.add(new Planned(first, many, reason));
                                });
        if (count == 0) {
            assertFalse(
                    canBe(rules, made.part((long) at[0] * unit, unit)),
                    "a copy is asked for only where one block can't be had without");
        } else {
            assertEquals(count, plan.size());
            assertEquals(blocks, at[0]);
        }
        checkLimits(made, rules, layout, plan, lba + blocks, count);
    }

    private static BlockLayout layout(Random random) {
        boolean extended = random.nextInt(4) == 0;
        return new BlockLayout(
                random.nextBoolean() ? 512 : PAGE,
                extended ? 8 : 0,
                extended,
                random.nextInt(3) == 0 ? 1 + random.nextInt(30) : 0,
                random.nextInt(3) == 0 ? 1 + random.nextInt(50) : 0);
    }

    private void checkCommand(
            Case made, PageMapper mapper, GatherCursor from, int done, int blocks, int unit) {
        long length = (long) blocks * unit;
        DataPointerForm form = mapper.map(command.address(), from, length, 1);
        ReferenceWalker walker = made.dma.walk(command, form, length);
        List<Piece> expected = FakeDma.joined(made.part((long) done * unit, length));
        assertEquals(expected, FakeDma.joined(walker.pieces()));
        assertEquals(
                FakeDma.leastListPages(form, walker.pieces().size()),
                walker.listPages(),
                "no list page is wasted");
        if (form == SGL) {
            assertEquals(expected, walker.pieces(), "neighbours are one descriptor");
        }
    }

    /** No command is more than it may be, and none is less than it could be. */
    private static void checkLimits(
            Case made,
            MappingRules rules,
            BlockLayout layout,
            List<Planned> plan,
            long end,
            int count) {
        int unit = layout.bytesInBuffer();
        long first = plan.isEmpty() ? 0 : plan.getFirst().lba;
        for (int i = 0; i < plan.size(); i++) {
            Planned each = plan.get(i);
            assertTrue((long) each.blocks * unit <= rules.maximumTransferSize());
            assertFalse(crosses(layout.optimalIoBoundary(), each.lba, each.blocks));
            assertFalse(crosses(layout.zoneSize(), each.lba, each.blocks));
            if (i < plan.size() - 1 || count == 0) {
                List<Piece> more = made.part((each.lba - first) * unit, (each.blocks + 1L) * unit);
                boolean could =
                        (each.blocks + 1L) * unit <= rules.maximumTransferSize()
                                && !crosses(layout.optimalIoBoundary(), each.lba, each.blocks + 1L)
                                && !crosses(layout.zoneSize(), each.lba, each.blocks + 1L)
                                && canBe(rules, more);
                assertFalse(could, "one block more would have gone into the command");
                assertNotEquals(SplitReason.END, each.reason);
            } else {
                assertEquals(end, each.lba + each.blocks);
                assertEquals(SplitReason.END, each.reason);
            }
        }
    }

    @Property
    void fragmentsAreTheAddressesOfTheRanges(
            @ForAll @IntRange(min = 1, max = 30) int ranges,
            @ForAll @IntRange(min = 1, max = 20) int maximum,
            @ForAll boolean bytes,
            @ForAll long seed) {
        Random random = new Random(seed);
        Gather gather = new Gather();
        List<Piece> expected = new ArrayList<>();
        for (int i = 0; i < ranges; i++) {
            long offset = random.nextInt(1000);
            long length = 1L + random.nextInt(9000);
            boolean follows = i > 0 && random.nextInt(3) == 0;
            long address =
                    follows
                            ? expected.getLast().iova() + expected.getLast().length() - offset
                            : random.nextLong(1L << 40);
            gather.add(MappedMemory.untranslated(address, 10_000), offset, length);
            expected.add(new Piece(address + offset, length));
        }
        SglSupport support = bytes ? SglSupport.BYTE : SglSupport.DWORD;
        ListPages lists = new FakeDma(seed).lists(2);
        PageMapper mapper = new PageMapper(RulesFor.addresses(support, maximum), lists, 1);
        GatherCursor cursor = new GatherCursor();
        cursor.begin(gather);
        long fit = mapper.fit(cursor, gather.length());
        assertEquals(fitting(FakeDma.joined(expected), expected, maximum, bytes ? 1 : 4), fit);
        if (fit > 0) {
            DataPointerForm form = mapper.map(command.address(), cursor, fit, 1);
            assertEquals(cut(FakeDma.joined(expected), fit), read(mapper, form, lists, fit));
        }
    }

    /** Bytes that so many ranges hold, up to the first piece that begins askew. */
    private static long fitting(
            List<Piece> joined, List<Piece> pieces, int maximum, int alignment) {
        long room = joined.stream().limit(maximum).mapToLong(Piece::length).sum();
        long straight = 0;
        for (Piece piece : pieces) {
            if (piece.iova() % alignment != 0) {
                break;
            }
            straight += piece.length();
        }
        return Math.min(room, straight);
    }

    private static List<Piece> cut(List<Piece> pieces, long length) {
        List<Piece> cut = new ArrayList<>();
        long left = length;
        for (Piece piece : pieces) {
            if (left > 0) {
                cut.add(new Piece(piece.iova(), Math.min(left, piece.length())));
            }
            left -= piece.length();
        }
        return cut;
    }

    private static List<Piece> read(
            PageMapper mapper, DataPointerForm form, ListPages lists, long length) {
        if (form == CONTIGUOUS) {
            return List.of(new Piece(mapper.address(), length));
        }
        assertEquals(FRAGMENTS, form);
        assertEquals(lists.address(lists.begin(1)), mapper.address());
        MemorySegment array =
                MemorySegment.ofAddress(mapper.address()).reinterpret(16L * mapper.fragmentCount());
        List<Piece> pieces = new ArrayList<>();
        for (long at = 0; at < array.byteSize(); at += 16) {
            pieces.add(
                    new Piece(
                            array.get(ValueLayout.JAVA_LONG, at),
                            array.get(ValueLayout.JAVA_LONG, at + 8)));
        }
        return pieces;
    }

    private static List<Integer> plan(MappingRules rules, BlockLayout layout, Case made) {
        PageMapper mapper = new PageMapper(rules, made.dma.lists(LIST_PAGES), LIST_PAGES);
        List<Integer> blocks = new ArrayList<>();
        int all = (int) (made.gather.length() / layout.bytesInBuffer());
        int count =
                new TransferPlanner(mapper)
                        .plan(
                                new MovedBlocks().begin(layout, 0, all),
                                0,
                                made.gather,
                                (index, lba, many, from, reason) -> blocks.add(many));
        return count == 0 ? List.of() : blocks;
    }

    @Test
    void exactlyTheMaximumTransferSizeIsOneCommandAndABlockMoreIsTwo() {
        MappingRules rules = RulesFor.prp().withMaximumTransferSize(128 << 10);
        BlockLayout layout = BlockLayout.of(512);
        Case made = new Case(1);
        made.add(made.dma.memory(0, 128 << 10, PageOrder.SCRAMBLED, true), 0, 128 << 10);
        assertEquals(List.of(256), plan(rules, layout, made));
        made.add(made.dma.memory(0, 512, PageOrder.SCRAMBLED, true), 0, 512);
        assertEquals(List.of(256, 1), plan(rules, layout, made));
    }

    @Test
    void aRangeThatEndsInsideAPageInTheMiddleOfAListEndsACommandOfPrps() {
        Case made = new Case(1);
        MappedMemory memory = made.dma.memory(0, 4 * PAGE, PageOrder.SCRAMBLED, true);
        made.add(memory, 0, PAGE + 512);
        made.add(memory, 2 * PAGE, PAGE);
        assertEquals(List.of(9, 8), plan(RulesFor.prp(), BlockLayout.of(512), made));
        assertEquals(List.of(17), plan(RulesFor.both(SglSupport.DWORD), BlockLayout.of(512), made));
        assertEquals(List.of(), plan(RulesFor.prp(), BlockLayout.of(PAGE), padded(made)));
    }

    /** The same with whole blocks of 4096 bytes, the second of which ends inside a page. */
    private static Case padded(Case made) {
        made.add(made.dma.memory(0, PAGE - 512, PageOrder.SCRAMBLED, true), 0, PAGE - 512);
        return made;
    }

    private static MappedMemory page(long iova) {
        return MappedMemory.of(0, PAGE, new long[] {iova}, PAGE, null);
    }

    private List<Piece> sgl(Gather gather) {
        FakeDma dma = new FakeDma(1);
        PageMapper mapper = new PageMapper(RulesFor.sgl(SglSupport.DWORD), dma.lists(1), 1);
        GatherCursor cursor = new GatherCursor();
        cursor.begin(gather);
        assertEquals(SGL, mapper.map(command.address(), cursor, gather.length(), 0));
        return dma.walk(command, SGL, gather.length()).pieces();
    }

    @Test
    void neighboursInDifferentMemoryAreOneDescriptor() {
        Gather gather = new Gather();
        gather.add(page(1 << 20), 0, PAGE);
        gather.add(page((1 << 20) + PAGE), 0, PAGE);
        gather.add(page((1 << 20) - PAGE), 0, PAGE);
        assertEquals(
                List.of(new Piece(1 << 20, 2 * PAGE), new Piece((1 << 20) - PAGE, PAGE)),
                sgl(gather));
    }

    @Test
    void skippedBytesHaveADescriptorOfTheirOwn() {
        Gather gather = new Gather();
        gather.addBitBucket(PAGE);
        gather.addBitBucket(PAGE);
        gather.add(page(2 * PAGE), 0, PAGE); // as if it followed what was skipped from 0 on
        assertEquals(
                List.of(new Piece(Piece.NOWHERE, 2 * PAGE), new Piece(2 * PAGE, PAGE)),
                sgl(gather));
    }

    private static TransferPlanner.Sink into(List<Planned> plan) {
        return (index, lba, many, from, reason) -> plan.add(new Planned(lba, many, reason));
    }

    @Test
    void aTransferThatIsCopiedKeepsToBoundaries() {
        PageMapper mapper = new PageMapper(RulesFor.prp(), new FakeDma(1).lists(1), 1);
        List<Planned> plan = new ArrayList<>();
        BlockLayout layout = new BlockLayout(512, 0, false, 5, 0);
        new TransferPlanner(mapper)
                .planCopied(new MovedBlocks().begin(layout, 3, 9), 0, 1 << 20, into(plan));
        assertEquals(
                List.of(
                        new Planned(3, 2, SplitReason.OPTIMAL_IO_BOUNDARY),
                        new Planned(5, 5, SplitReason.OPTIMAL_IO_BOUNDARY),
                        new Planned(10, 2, SplitReason.END)),
                plan);
    }

    /**
     * Of PRP1 and 511 entries, with one or two pages to come: the list is exactly full, or one
     * over.
     */
    @Test
    void theLastEntryOfAListPageIsTheLinkOnlyWhereMoreThanOneRemains() {
        for (int remaining : List.of(1, 2)) {
            Case made = new Case(remaining);
            long most = 512L * PAGE;
            made.add(made.dma.memory(0, most, PageOrder.SCRAMBLED, false), 0, most);
            for (int i = 0; i < remaining; i++) {
                made.add(made.dma.memory(0, PAGE, PageOrder.SCRAMBLED, false), 0, PAGE);
            }
            GatherCursor cursor = new GatherCursor();
            cursor.begin(made.gather);
            long length = made.gather.length();
            PageMapper mapper = new PageMapper(RulesFor.prp(), made.dma.lists(2), 2);
            assertEquals(PRP, mapper.map(command.address(), cursor, length, 0));
            ReferenceWalker walker = made.dma.walk(command, PRP, length);
            assertEquals(FakeDma.joined(made.bytes), FakeDma.joined(walker.pieces()));
            assertEquals(remaining, walker.listPages());
        }
    }

    @Test
    void aCommandSaysAtMost65536Blocks() {
        Case made = new Case(1);
        long bytes = 65537L * 512;
        made.add(made.dma.memory(0, bytes, PageOrder.CONTIGUOUS, false), 0, bytes);
        MappingRules rules =
                RulesFor.sgl(SglSupport.DWORD).withMaximumTransferSize(Long.MAX_VALUE >> 20);
        assertEquals(List.of(65536, 1), plan(rules, BlockLayout.of(512), made));
    }

    @Test
    void boundariesNeedNotBePowersOfTwo() {
        Case made = new Case(1);
        made.add(made.dma.memory(0, 10 * 512, PageOrder.CONTIGUOUS, false), 0, 10 * 512);
        BlockLayout layout = new BlockLayout(512, 0, false, 3, 7);
        assertEquals(List.of(3, 3, 1, 2, 1), plan(RulesFor.prp(), layout, made));
        assertTrue(layout.hasBoundaries());
        assertFalse(BlockLayout.of(512).hasBoundaries());
    }

    private static MovedBlocks blocks(int count, MappedMemory metadata, long offset) {
        BlockLayout layout = new BlockLayout(512, 8, false, 0, 0);
        return new MovedBlocks().begin(layout, 0, count).metadata(metadata, offset);
    }

    @Test
    void metadataThatGoOnElsewhereEndACommand() {
        Case made = new Case(1);
        made.add(made.dma.memory(0, 4L << 20, PageOrder.CONTIGUOUS, false), 0, 1024 * 512);
        MappedMemory metadata = made.dma.memory(0, 4 * PAGE, PageOrder.SCRAMBLED, false);
        PageMapper mapper = new PageMapper(RulesFor.prp(), made.dma.lists(2), 2);
        TransferPlanner planner = new TransferPlanner(mapper);
        List<Planned> plan = new ArrayList<>();
        TransferPlanner.Sink sink = into(plan);
        assertEquals(3, planner.plan(blocks(1024, metadata, 8), 0, made.gather, sink));
        assertEquals(
                List.of(
                        new Planned(0, 511, SplitReason.METADATA),
                        new Planned(511, 512, SplitReason.METADATA),
                        new Planned(1023, 1, SplitReason.END)),
                plan);
        assertEquals(
                0, planner.plan(blocks(8, metadata, 2), 0, made.gather, sink), "MPTR is askew");
        plan.clear();
        assertEquals(3, planner.planCopied(blocks(600, metadata, 0), 0, 400 * 512, sink));
        assertEquals(
                List.of(
                        new Planned(0, 400, SplitReason.MAXIMUM_TRANSFER_SIZE),
                        new Planned(400, 112, SplitReason.METADATA),
                        new Planned(512, 88, SplitReason.END)),
                plan);
        assertEquals(0, planner.planCopied(blocks(8, metadata, 0), 0, 511, sink));
        assertEquals(0, planner.planCopied(blocks(8, metadata, 2), 0, 4096, sink));
    }

    @Test
    void neighboursAreOneRangeAndListsCanBeUsedAgain() {
        Gather gather = new Gather();
        MappedMemory memory = MappedMemory.untranslated(0, 1000);
        gather.add(memory, 0, 100);
        gather.add(memory, 100, 100);
        gather.add(memory, 300, 100);
        assertEquals(2, gather.size());
        assertEquals(300, gather.length());
        assertTrue(gather.uses(memory));
        assertFalse(gather.skips());
        assertTrue(gather.isAlive());
        memory.kill();
        assertFalse(gather.isAlive());
        gather.addBitBucket(5);
        assertTrue(gather.skips());
        gather.clear();
        assertEquals(0, gather.size() + gather.length());
        assertFalse(gather.skips() || gather.uses(memory));
    }
}
