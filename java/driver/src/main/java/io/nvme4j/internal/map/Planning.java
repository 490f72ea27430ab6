// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.DataPointerEntry;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.PlannedCommand;
import io.nvme4j.map.TransferPlan;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Finds out what a transfer would become, for people to read. */
public final class Planning {
    private static final int RECORD_BYTES = 128;

    private Planning() {}

    /**
     * Makes the plan.
     *
     * @param lists pages that lists are written to while planning, as many as a command can need
     * @param data as many bytes as the blocks have
     * @param metadata where metadata are that don't lie with the data, or null
     * @param metadataOffset in {@code metadata}, in bytes
     */
    public static TransferPlan plan(
            MappingRules rules,
            ListPages lists,
            BlockLayout layout,
            long startingLba,
            int blocks,
            Gather data,
            @Nullable MappedMemory metadata,
            long metadataOffset,
            int atomicWriteUnit) {
        PageMapper mapper = new PageMapper(rules, lists, ListPages.perCommand(rules));
        MemorySegment record = Arena.ofAuto().allocate(RECORD_BYTES);
        List<PlannedCommand> commands = new ArrayList<>();
        TransferPlanner.Sink sink =
                (index, lba, many, from, reason) -> {
                    long bytes = (long) many * layout.bytesInBuffer();
                    DataPointerForm form = mapper.map(record.address(), from, bytes, 0);
                    List<DataPointerEntry> entries = mapper.read(record, 0, form, bytes);
                    if (metadata != null) {
                        int each = layout.bytesInMetadataBuffer();
                        long at = metadataOffset + (lba - startingLba) * each;
                        entries.add(metadata(form, metadata, at, (long) many * each));
                    }
                    commands.add(new PlannedCommand(lba, many, bytes, reason, form, entries));
                    return true;
                };
        int count =
                new TransferPlanner(rules, mapper)
                        .plan(layout, startingLba, blocks, 0, data, metadata, metadataOffset, sink);
        return new TransferPlan(count == 0 ? List.of() : List.copyOf(commands), atomicWriteUnit);
    }

    /** The pointer to metadata: by IOVA where the data are, else what the transport is given. */
    private static DataPointerEntry metadata(
            DataPointerForm form, MappedMemory metadata, long offset, long bytes) {
        boolean isIova = form == DataPointerForm.PRP || form == DataPointerForm.SGL;
        long address = isIova ? metadata.iova(offset) : metadata.address() + offset;
        return new DataPointerEntry(DataPointerEntry.Kind.METADATA_POINTER, -1, 0, address, bytes);
    }
}
