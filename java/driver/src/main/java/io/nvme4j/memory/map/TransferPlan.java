// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.memory.map;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The commands that a transfer becomes, found without any I/O.
 *
 * @param commands in the order of the data; none where the memory can't be used without a copy
 * @param atomicWriteUnit most blocks that one write command changes all at once, as the controller
 *     says (AWUN or NAWUN)
 */
public record TransferPlan(List<PlannedCommand> commands, int atomicWriteUnit) {
    private static final int RECORD_BYTES = 128;

    /**
     * Makes the plan.
     *
     * @param lists pages that lists are written to while planning, {@link MappingRules#listPages}
     * @param data as many bytes as the blocks have
     * @param metadata where metadata are that don't lie with the data, or null
     * @param metadataOffset in {@code metadata}, in bytes
     */
    public static TransferPlan of(
            MappingRules rules,
            ListPages lists,
            BlockLayout layout,
            long startingLba,
            int blocks,
            Gather data,
            @Nullable MappedMemory metadata,
            long metadataOffset,
            int atomicWriteUnit) {
        PageMapper mapper = new PageMapper(rules, lists, rules.listPages());
        MemorySegment record = Arena.ofAuto().allocate(RECORD_BYTES);
        List<PlannedCommand> commands = new ArrayList<>();
        TransferPlanner.Sink sink =
                (index, lba, many, from, reason) -> {
                    long bytes = (long) many * layout.bytesInBuffer();
                    DataPointerForm form = mapper.map(record, 0, from, bytes, 0);
                    List<DataPointerEntry> entries = mapper.read(record, 0, form, bytes);
                    if (metadata != null) {
                        int each = layout.bytesInMetadataBuffer();
                        long at = metadataOffset + (lba - startingLba) * each;
                        entries.add(
                                DataPointerEntry.metadata(form, metadata, at, (long) many * each));
                    }
                    commands.add(new PlannedCommand(lba, many, bytes, reason, form, entries));
                    return true;
                };
        int count =
                new TransferPlanner(rules, mapper)
                        .plan(layout, startingLba, blocks, 0, data, metadata, metadataOffset, sink);
        return new TransferPlan(count == 0 ? List.of() : List.copyOf(commands), atomicWriteUnit);
    }

    /** Whether the memory can't be used where it is, so that the data must be copied. */
    public boolean needsCopy() {
        return commands.isEmpty();
    }

    /**
     * Whether a write would be atomic: seen by others, and found after a loss of power, whole or
     * not at all. One that is split never is, nor is one of more blocks than the atomic write unit.
     */
    public boolean isAtomic() {
        return commands.size() == 1 && commands.getFirst().blocks() <= atomicWriteUnit;
    }
}
