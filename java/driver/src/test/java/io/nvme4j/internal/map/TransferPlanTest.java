// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.internal.map.FakeDma.PageOrder;
import io.nvme4j.internal.map.ReferenceWalker.Piece;
import io.nvme4j.map.AtomicUnit;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.DataPointerEntry;
import io.nvme4j.map.DataPointerEntry.Kind;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.Geometry;
import io.nvme4j.map.Grid;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.PlannedCommand;
import io.nvme4j.map.PreferredSizes;
import io.nvme4j.map.SglSupport;
import io.nvme4j.map.SplitReason;
import io.nvme4j.map.TransferPlan;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** What a plan tells people is what the commands would do. */
class TransferPlanTest {
    private static final int PAGE = FakeDma.PAGE;

    private static TransferPlan plan(FakeDma dma, MappingRules rules, Gather data) {
        List<PlannedCommand> commands =
                Planning.plan(
                        rules,
                        dma.lists(ListPages.perCommand(rules)),
                        new MovedBlocks()
                                .begin(BlockLayout.of(512), 8, (int) (data.length() / 512)),
                        data);
        return new TransferPlan(commands, geometry());
    }

    /** Writes of 64 blocks are atomic; of 32, not across multiples of 32, after a loss of power. */
    private static Geometry geometry() {
        Grid blocks = Grid.of(512);
        return new Geometry(
                blocks,
                new AtomicUnit(blocks, 64 * 512, Grid.NONE, Grid.NONE),
                new AtomicUnit(blocks, 32 * 512, Grid.of(32 * 512), Grid.NONE),
                new PreferredSizes(blocks, 512, blocks, 512, 512, Grid.NONE));
    }

    private static List<Piece> pieces(TransferPlan plan) {
        List<Piece> pieces = new ArrayList<>();
        for (PlannedCommand command : plan.commands()) {
            for (DataPointerEntry entry : command.entries()) {
                if (entry.kind().isData()) {
                    boolean nowhere = entry.kind() == Kind.SGL_BIT_BUCKET;
                    pieces.add(new Piece(nowhere ? Piece.NOWHERE : entry.address(), entry.bytes()));
                }
            }
        }
        return pieces;
    }

    private static List<Kind> kinds(TransferPlan plan) {
        return plan.commands().stream()
                .flatMap(command -> command.entries().stream())
                .map(DataPointerEntry::kind)
                .distinct()
                .toList();
    }

    @Property(tries = 2_000)
    void entriesAreTheBytesOfTheTransfer(
            @ForAll @IntRange(max = 1023) int offset,
            @ForAll @IntRange(min = 1, max = 5000) int blocks,
            @ForAll PageOrder order,
            @ForAll boolean sgl,
            @ForAll long seed) {
        FakeDma dma = new FakeDma(seed);
        long length = blocks * 512L;
        MappedMemory memory = dma.memory(0, 4L * offset + length, order, true);
        Gather data = new Gather();
        data.add(memory, 4L * offset, length);
        MappingRules rules = sgl ? RulesFor.sgl(SglSupport.DWORD) : RulesFor.prp();
        List<Piece> expected = new ArrayList<>();
        dma.expect(expected, memory, 4L * offset, length);
        TransferPlan plan = plan(dma, rules, data);
        assertEquals(FakeDma.joined(expected), FakeDma.joined(pieces(plan)));
        assertEquals(blocks, plan.commands().stream().mapToInt(PlannedCommand::blocks).sum());
        assertEquals(length, plan.commands().stream().mapToLong(PlannedCommand::bytes).sum());
    }

    @Test
    void prpsOfMemoryWithoutPagesAreItsAddresses() {
        for (int pages : new int[] {2, 3, 9, 10, 256}) {
            long length = (long) pages * PAGE;
            Gather data = new Gather();
            data.add(MappedMemory.untranslated(5 * PAGE + 512, length + PAGE), 16, length);
            TransferPlan plan = plan(new FakeDma(pages), RulesFor.prp(), data);
            assertEquals(
                    List.of(new Piece(5 * PAGE + 528, length)),
                    FakeDma.joined(pieces(plan)),
                    pages + " pages");
        }
    }

    @Test
    void entriesOfLargerPagesThanTheMemorysAreFoundOneByOne() {
        int large = 2 * PAGE;
        FakeDma dma = new FakeDma(7);
        MappedMemory memory = dma.memory(0, 64L * PAGE, PageOrder.CONTIGUOUS, false);
        ListPages lists = dma.lists(1);
        for (int count : new int[] {1, 4, 20}) {
            memory.putPages(0, count, Integer.numberOfTrailingZeros(large), lists, 0);
            for (int i = 0; i < count; i++) {
                assertEquals(memory.iova((long) i * large), lists.get(i * 8L));
            }
        }
        MappedMemory scattered = dma.memory(0, 64L * PAGE, PageOrder.SCRAMBLED, false);
        scattered.putPages(0, 20, Integer.numberOfTrailingZeros(large), lists, 0);
        for (int i = 0; i < 20; i++) {
            assertEquals(scattered.iova((long) i * large), lists.get(i * 8L));
        }
    }

    @Test
    void listsThatAreFullAreReadToTheirEnd() {
        for (int pages : new int[] {512, 513, 514, 1023, 1024, 1025}) {
            FakeDma dma = new FakeDma(pages);
            long length = (long) pages * PAGE;
            MappedMemory memory = dma.memory(0, length, PageOrder.SCRAMBLED, false);
            Gather data = new Gather();
            data.add(memory, 0, length);
            List<Piece> expected = new ArrayList<>();
            dma.expect(expected, memory, 0, length);
            MappingRules rules = RulesFor.prp().withMaximumTransferSize(length);
            assertEquals(expected, pieces(plan(dma, rules, data)));
        }
    }

    @Test
    void everyKindOfEntryIsTold() {
        FakeDma dma = new FakeDma(1);
        MappedMemory memory = dma.memory(0, 4L << 20, PageOrder.SCRAMBLED, false);
        Gather data = new Gather();
        data.add(memory, 0, 2 * PAGE);
        assertEquals(List.of(Kind.PRP1, Kind.PRP2), kinds(plan(dma, RulesFor.prp(), data)));
        data.add(memory, 2 * PAGE, (4L << 20) - 2 * PAGE);
        MappingRules large = RulesFor.prp().withMaximumTransferSize(4L << 20);
        assertEquals(
                List.of(Kind.PRP1, Kind.PRP2_LIST, Kind.PRP_ENTRY, Kind.PRP_LIST_LINK),
                kinds(plan(dma, large, data)));
        data.addBitBucket(512);
        MappingRules sgls = RulesFor.sgl(SglSupport.DWORD).withMaximumTransferSize(5L << 20);
        assertEquals(
                List.of(
                        Kind.SGL_SEGMENT,
                        Kind.SGL_DATA_BLOCK,
                        Kind.SGL_LAST_SEGMENT,
                        Kind.SGL_BIT_BUCKET),
                kinds(plan(dma, sgls, data)));
        for (Kind kind : Kind.values()) {
            assertFalse(kind.text().isEmpty());
        }
        for (SplitReason reason : SplitReason.values()) {
            assertFalse(reason.text().isEmpty());
        }
    }

    @Test
    void addressesOfTransportsThatBuildThePointer() {
        FakeDma dma = new FakeDma(1);
        Gather data = new Gather();
        data.add(MappedMemory.untranslated(0x1000, 4096), 0, 1024);
        MappingRules rules = RulesFor.addresses(SglSupport.DWORD, 4);
        assertEquals(List.of(new Piece(0x1000, 1024)), pieces(plan(dma, rules, data)));
        assertEquals(List.of(Kind.CONTIGUOUS), kinds(plan(dma, rules, data)));
        data.add(MappedMemory.untranslated(0x9000, 4096), 16, 512);
        assertEquals(
                List.of(new Piece(0x1000, 1024), new Piece(0x9010, 512)),
                pieces(plan(dma, rules, data)));
        assertEquals(List.of(Kind.FRAGMENT), kinds(plan(dma, rules, data)));
    }

    private static List<DataPointerEntry> metadataPointers(MappingRules rules, Gather data) {
        FakeDma dma = new FakeDma(2);
        MappedMemory metadata =
                rules.takes(DataPointerForm.CONTIGUOUS)
                        ? MappedMemory.untranslated(0x5000, PAGE)
                        : dma.memory(0, PAGE, PageOrder.SCRAMBLED, false);
        List<PlannedCommand> commands =
                Planning.plan(
                        rules.withMaximumTransferSize(1024),
                        dma.lists(1),
                        new MovedBlocks()
                                .begin(new BlockLayout(512, 8, false, 0, 0), 100, 3)
                                .metadata(metadata, 16),
                        data);
        List<DataPointerEntry> found =
                commands.stream().map(each -> each.entries().getLast()).toList();
        long begin =
                rules.takes(DataPointerForm.CONTIGUOUS) ? metadata.address() : metadata.iova(0);
        return found.stream()
                .map(
                        each ->
                                new DataPointerEntry(
                                        each.kind(),
                                        each.list(),
                                        each.index(),
                                        each.address() - begin,
                                        each.bytes()))
                .toList();
    }

    @Test
    void metadataApartHaveAPointerInEachCommand() {
        List<DataPointerEntry> expected =
                List.of(
                        new DataPointerEntry(Kind.METADATA_POINTER, -1, 0, 16, 16),
                        new DataPointerEntry(Kind.METADATA_POINTER, -1, 0, 32, 8));
        Gather data = new Gather();
        data.add(new FakeDma(1).memory(0, PAGE, PageOrder.SCRAMBLED, false), 0, 3 * 512);
        assertEquals(expected, metadataPointers(RulesFor.prp(), data));
        assertEquals(expected, metadataPointers(RulesFor.sgl(SglSupport.BYTE), data));
        assertEquals(expected, metadataPointers(RulesFor.addresses(SglSupport.BYTE, 4), data));
    }

    @Test
    void onlyOneCommandOfNoMoreThanTheUnitIsAtomic() {
        FakeDma dma = new FakeDma(1);
        MappedMemory memory = dma.memory(0, 1 << 20, PageOrder.CONTIGUOUS, true);
        Gather data = new Gather();
        data.add(memory, 0, 64 * 512);
        assertTrue(plan(dma, RulesFor.prp(), data).isAtomic());
        assertFalse(plan(dma, RulesFor.prp(), data).isAtomicOnPowerFail());
        assertFalse(plan(dma, RulesFor.prp(), data).needsCopy());
        assertFalse(plan(dma, RulesFor.prp().withMaximumTransferSize(PAGE), data).isAtomic());
        data.add(memory, 64 * 512, 512);
        assertFalse(plan(dma, RulesFor.prp(), data).isAtomic());
    }

    @Test
    void aPlanIsAtomicOnPowerFailInsideItsBoundariesAlone() {
        FakeDma dma = new FakeDma(1);
        Gather data = new Gather();
        data.add(dma.memory(0, 1 << 20, PageOrder.CONTIGUOUS, true), 0, 24 * 512);
        assertTrue(plan(dma, RulesFor.prp(), data).isAtomicOnPowerFail(), "blocks 8 to 31");
        data.clear();
        data.add(dma.memory(0, 1 << 20, PageOrder.CONTIGUOUS, true), 0, 25 * 512);
        assertFalse(plan(dma, RulesFor.prp(), data).isAtomicOnPowerFail(), "blocks 8 to 32");
    }

    @Test
    void memoryThatNeedsACopyHasNoCommands() {
        FakeDma dma = new FakeDma(1);
        Gather data = new Gather();
        data.add(dma.memory(0, PAGE, PageOrder.CONTIGUOUS, false), 1, 512);
        TransferPlan plan = plan(dma, RulesFor.prp(), data);
        assertTrue(plan.needsCopy());
        assertFalse(plan.isAtomic());
    }
}
