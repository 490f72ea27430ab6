// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.SplitReason;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Cuts a transfer into commands, each as large as the controller, its transport, the namespace and
 * the memory allow. It writes and allocates nothing. One thread uses it at a time.
 */
public final class TransferPlanner {
    private final MappingRules rules;
    private final PageMapper mapper;
    private final GatherCursor cursor = new GatherCursor();
    private SplitReason reason = SplitReason.END;

    /** It is told of each command of a transfer, in order. */
    @FunctionalInterface
    public interface Sink {
        /** This one takes no notice of what it is told. */
        Sink NONE = (index, lba, blocks, from, reason) -> true;

        /**
         * A command.
         *
         * @param index from 0
         * @param lba first block
         * @param blocks how many
         * @param from where its data are; good during the call only
         * @param reason why it ends where it does
         * @return whether it wants to be told of the next
         */
        boolean command(int index, long lba, int blocks, GatherCursor from, SplitReason reason);
    }

    /**
     * @param mapper that will map the commands
     */
    public TransferPlanner(MappingRules rules, PageMapper mapper) {
        this.rules = rules;
        this.mapper = mapper;
    }

    /**
     * Says by rules alone whether a transfer's data can be used where they are: for those who have
     * no planner. Any thread may ask.
     *
     * @param blocks 1 or more, as many as there are data for
     */
    public static boolean needsNoCopy(
            MappingRules rules, BlockLayout layout, long lba, int blocks, Gather data) {
        ListPages none = new ListPages(MemorySegment.NULL, new long[0], rules.pageSize());
        PageMapper mapper = new PageMapper(rules, none, ListPages.perCommand(rules));
        return new TransferPlanner(rules, mapper)
                        .plan(layout, lba, blocks, 0, data, null, 0, Sink.NONE)
                > 0;
    }

    /**
     * Goes through the commands of a transfer whose data are used where they are.
     *
     * @param blocks 1 or more, as many as there are data for
     * @param from how many of them are left out, at the beginning
     * @param metadata where metadata are that don't lie with the data, or null
     * @param metadataOffset in {@code metadata}, in bytes
     * @return how many commands the sink was told of; 0 where some block can't be had without a
     *     copy, and the sink may have been told of commands before that
     */
    public int plan(
            BlockLayout layout,
            long lba,
            int blocks,
            int from,
            Gather data,
            @Nullable MappedMemory metadata,
            long metadataOffset,
            Sink sink) {
        cursor.begin(data);
        cursor.advance((long) from * layout.bytesInBuffer());
        int count = 0;
        boolean goesOn = true;
        for (int done = from; done < blocks && goesOn; ) {
            long mapped = next(layout, lba + done, cursor, blocks - done);
            int next = cutAtMetadata(mapped, layout, metadata, metadataOffset, done);
            if (next == 0) {
                return 0;
            }
            goesOn = sink.command(count++, lba + done, next, cursor, reason);
            cursor.advance((long) next * layout.bytesInBuffer());
            done += next;
        }
        return count;
    }

    /**
     * Goes through the commands of a transfer that is copied through buffers.
     *
     * @param from as in {@link #plan}
     * @param bufferSize bytes that each command has
     * @param metadata as in {@link #plan}
     * @return how many commands the sink was told of; 0 where a block is larger than a buffer
     */
    public int planCopied(
            BlockLayout layout,
            long lba,
            int blocks,
            int from,
            long bufferSize,
            @Nullable MappedMemory metadata,
            long metadataOffset,
            Sink sink) {
        long inBuffer = bufferSize / layout.bytesInBuffer();
        if (inBuffer == 0) {
            return 0;
        }
        int count = 0;
        boolean goesOn = true;
        for (int done = from; done < blocks && goesOn; ) {
            long most = limit(layout, lba + done, blocks - done);
            most = least(most, inBuffer, SplitReason.MAXIMUM_TRANSFER_SIZE);
            int next = cutAtMetadata(most, layout, metadata, metadataOffset, done);
            if (next == 0) {
                return 0;
            }
            goesOn = sink.command(count++, lba + done, next, cursor, reason);
            done += next;
        }
        return count;
    }

    /** The blocks of the next command; 0 where not even one can be had without a copy. */
    private long next(BlockLayout layout, long lba, GatherCursor from, long blocks) {
        long most = limit(layout, lba, blocks);
        int size = layout.bytesInBuffer();
        long mapped = mapper.fit(from, most * size) / size;
        return least(most, mapped, SplitReason.DATA_POINTER);
    }

    /**
     * A command's metadata are at one run of IOVAs that begins on a multiple of 4 (MPTR).
     *
     * @param blocks of the command as far as metadata have no say
     * @param done blocks of the transfer before the command
     */
    private int cutAtMetadata(
            long blocks,
            BlockLayout layout,
            @Nullable MappedMemory metadata,
            long metadataOffset,
            int done) {
        if (metadata == null) {
            return (int) blocks;
        }
        int perBlock = layout.bytesInMetadataBuffer();
        long at = metadataOffset + (long) done * perBlock;
        if (metadata.iova(at) % PrpBuilder.ALIGNMENT != 0) {
            return 0;
        }
        long run = metadata.run(at, blocks * perBlock);
        return (int) least(blocks, run / perBlock, SplitReason.METADATA);
    }

    /** Blocks of the next command as far as memory has no say. */
    private long limit(BlockLayout layout, long lba, long blocks) {
        reason = SplitReason.END;
        long most = blocks;
        most = least(most, BlockLayout.MAXIMUM_BLOCKS, SplitReason.NUMBER_OF_LOGICAL_BLOCKS);
        long fit = Math.max(1, rules.maximumTransferSize() / layout.bytesInBuffer());
        most = least(most, fit, SplitReason.MAXIMUM_TRANSFER_SIZE);
        long boundary = layout.optimalIoBoundary();
        if (boundary != 0) {
            most = least(most, upTo(boundary, lba), SplitReason.OPTIMAL_IO_BOUNDARY);
        }
        long zone = layout.zoneSize();
        if (zone != 0) {
            most = least(most, upTo(zone, lba), SplitReason.ZONE);
        }
        return most;
    }

    /** Blocks up to the next multiple; LBAs are unsigned. */
    private static long upTo(long multiple, long lba) {
        return multiple - Long.remainderUnsigned(lba, multiple);
    }

    private long least(long most, long limit, SplitReason why) {
        if (limit < most) {
            reason = why;
            return limit;
        }
        return most;
    }
}
