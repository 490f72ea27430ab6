// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import io.nvme4j.map.DataPointerEntry;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.PlannedCommand;

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
     * @return none where the data can't be used without a copy
     */
    public static List<PlannedCommand> plan(
            MappingRules rules, ListPages lists, MovedBlocks blocks, Gather data) {
        PageMapper mapper = new PageMapper(rules, lists, ListPages.perCommand(rules));
        MemorySegment record = Arena.ofAuto().allocate(RECORD_BYTES);
        List<PlannedCommand> commands = new ArrayList<>();
        TransferPlanner.Sink sink =
                (index, lba, many, from, reason) -> {
                    long bytes = (long) many * blocks.layout.bytesInBuffer();
                    DataPointerForm form = mapper.map(record.address(), from, bytes, 0);
                    List<DataPointerEntry> entries = mapper.read(record, 0, form, bytes);
                    if (blocks.metadata != null) {
                        int done = (int) (lba - blocks.startingLba);
                        entries.add(metadata(form, blocks.metadata, blocks, done, many));
                    }
                    commands.add(new PlannedCommand(lba, many, bytes, reason, form, entries));
                    return true;
                };
        int count = new TransferPlanner(mapper).plan(blocks, 0, data, sink);
        return count == 0 ? List.of() : List.copyOf(commands);
    }

    /** The pointer to metadata: by IOVA where the data are, else what the transport is given. */
    private static DataPointerEntry metadata(
            DataPointerForm form, MappedMemory metadata, MovedBlocks blocks, int done, int many) {
        long offset = blocks.metadataOffset(done);
        long bytes = (long) many * blocks.layout.bytesInMetadataBuffer();
        boolean isIova = form == DataPointerForm.PRP || form == DataPointerForm.SGL;
        long address = isIova ? metadata.iova(offset) : metadata.address() + offset;
        return new DataPointerEntry(DataPointerEntry.Kind.METADATA_POINTER, -1, 0, address, bytes);
    }
}
