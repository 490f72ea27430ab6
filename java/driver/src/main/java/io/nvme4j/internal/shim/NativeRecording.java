// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.internal.shim.generated.n4j_recorded;
import io.nvme4j.internal.shim.generated.n4j_recording;
import io.nvme4j.internal.shim.generated.n4j_touched;
import io.nvme4j.internal.shim.generated.n4j_version;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * What the commands of a drive have done to its blocks, as {@code n4j_recording} has it. Addresses
 * of contents are good until the drive is closed.
 *
 * @param contentSize bytes of a content: data and metadata of a block
 */
public record NativeRecording(
        List<Command> commands, List<Version> versions, List<Block> blocks, int contentSize) {
    /**
     * {@code n4j_recorded}.
     *
     * @param firstVersion of those that it has written; of a read, how many there were
     */
    public record Command(
            int kind,
            int opcode,
            int namespace,
            boolean isDurable,
            boolean hasSucceeded,
            long submitted,
            long completed,
            long consumed,
            long lba,
            int blocks,
            int firstVersion,
            int versions) {}

    /**
     * {@code n4j_version}.
     *
     * @param piece 0: none
     */
    public record Version(long content, int block, int piece) {}

    /** {@code n4j_touched}. */
    public record Block(int namespace, long lba, long content) {}

    /** What is at the address of a content. */
    public MemorySegment content(long address) {
        return MemorySegment.ofAddress(address).reinterpret(contentSize);
    }

    static NativeRecording of(MemorySegment view) {
        return new NativeRecording(
                list(
                        n4j_recording.commands(view),
                        n4j_recording.command_count(view),
                        n4j_recorded.sizeof(),
                        NativeRecording::command),
                list(
                        n4j_recording.versions(view),
                        n4j_recording.version_count(view),
                        n4j_version.sizeof(),
                        NativeRecording::version),
                list(
                        n4j_recording.blocks(view),
                        n4j_recording.block_count(view),
                        n4j_touched.sizeof(),
                        NativeRecording::block),
                (int) n4j_recording.content_size(view));
    }

    private static <T> List<T> list(
            long address, long count, long size, Function<MemorySegment, T> read) {
        MemorySegment records = MemorySegment.ofAddress(address).reinterpret(count * size);
        return LongStream.range(0, count)
                .mapToObj(index -> read.apply(records.asSlice(index * size, size)))
                .toList();
    }

    private static Command command(MemorySegment record) {
        return new Command(
                Byte.toUnsignedInt(n4j_recorded.kind(record)),
                Byte.toUnsignedInt(n4j_recorded.opcode(record)),
                n4j_recorded.nsid(record),
                n4j_recorded.is_durable(record) != 0,
                n4j_recorded.has_succeeded(record) != 0,
                time(n4j_recorded.submitted(record)),
                time(n4j_recorded.completed(record)),
                time(n4j_recorded.consumed(record)),
                n4j_recorded.lba(record),
                n4j_recorded.blocks(record),
                (int) n4j_recorded.first_version(record),
                (int) n4j_recorded.version_count(record));
    }

    /** Never is after all that has been. */
    private static long time(long time) {
        return time == -1 ? Long.MAX_VALUE : time;
    }

    private static Version version(MemorySegment record) {
        return new Version(
                n4j_version.content(record), n4j_version.block(record), n4j_version.piece(record));
    }

    private static Block block(MemorySegment record) {
        return new Block(
                n4j_touched.nsid(record), n4j_touched.lba(record), n4j_touched.content(record));
    }
}
