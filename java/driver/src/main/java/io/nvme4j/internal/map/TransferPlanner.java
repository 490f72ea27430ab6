// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.SplitReason;

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
    public TransferPlanner(PageMapper mapper) {
        this.rules = mapper.rules();
        this.mapper = mapper;
    }

    /**
     * Says by rules alone whether a transfer's data can be used where they are: for those who have
     * no planner. Any thread may ask.
     */
    public static boolean needsNoCopy(MappingRules rules, MovedBlocks blocks, Gather data) {
        PageMapper mapper = new PageMapper(rules, ListPages.NONE, ListPages.perCommand(rules));
        MovedBlocks plain = new MovedBlocks();
        plain.begin(blocks.layout, blocks.startingLba, blocks.count); // whose metadata don't matter
        return new TransferPlanner(mapper).plan(plain, 0, data, Sink.NONE) > 0;
    }

    /**
     * Goes through the commands of a transfer whose data are used where they are.
     *
     * @param from how many blocks are left out, at the beginning
     * @return how many commands the sink was told of; 0 where some block can't be had without a
     *     copy, and the sink may have been told of commands before that
     */
    public int plan(MovedBlocks blocks, int from, Gather data, Sink sink) {
        BlockLayout layout = blocks.layout;
        cursor.begin(data);
        cursor.advance((long) from * layout.bytesInBuffer());
        int count = 0;
        boolean goesOn = true;
        for (int done = from; done < blocks.count && goesOn; ) {
            long lba = blocks.startingLba + done;
            long mapped = next(layout, lba, cursor, blocks.count - done);
            int next = cutAtMetadata(mapped, blocks, done);
            if (next == 0) {
                return 0;
            }
            goesOn = sink.command(count++, lba, next, cursor, reason);
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
     * @return how many commands the sink was told of; 0 where a block is larger than a buffer
     */
    public int planCopied(MovedBlocks blocks, int from, long bufferSize, Sink sink) {
        long inBuffer = bufferSize / blocks.layout.bytesInBuffer();
        if (inBuffer == 0) {
            return 0;
        }
        int count = 0;
        boolean goesOn = true;
        for (int done = from; done < blocks.count && goesOn; ) {
            long lba = blocks.startingLba + done;
            long most = limit(blocks.layout, lba, blocks.count - done);
            most = least(most, inBuffer, SplitReason.MAXIMUM_TRANSFER_SIZE);
            int next = cutAtMetadata(most, blocks, done);
            if (next == 0) {
                return 0;
            }
            goesOn = sink.command(count++, lba, next, cursor, reason);
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
     * @param most blocks of the command as far as metadata have no say
     * @param done blocks of the transfer before the command
     */
    private int cutAtMetadata(long most, MovedBlocks blocks, int done) {
        MappedMemory metadata = blocks.metadata;
        if (metadata == null) {
            return (int) most;
        }
        int perBlock = blocks.layout.bytesInMetadataBuffer();
        long at = blocks.metadataOffset(done);
        if (metadata.iova(at) % PrpBuilder.ALIGNMENT != 0) {
            return 0;
        }
        long run = metadata.run(at, most * perBlock);
        return (int) least(most, run / perBlock, SplitReason.METADATA);
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
