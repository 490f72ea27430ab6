// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import io.nvme4j.internal.shim.NativeRecording;
import io.nvme4j.internal.sweep.RecordedCommand;
import io.nvme4j.internal.sweep.RecordedCommand.Kind;
import io.nvme4j.internal.sweep.Recording;
import io.nvme4j.internal.sweep.Sweep;
import io.nvme4j.internal.sweep.Version;
import io.nvme4j.spec.NvmOpcode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a drive has recorded, as a sweep takes it, with what the workload has said. */
final class CrashRecording {
    /* Of n4j_recorded. */
    private static final Kind[] KINDS = {Kind.WRITE, Kind.READ, Kind.FLUSH, Kind.SHUTDOWN};

    private final NativeRecording recorded;
    private final CrashLog log;
    private final List<Version> earlier = new ArrayList<>();
    private final List<Version> versions = new ArrayList<>();
    private final List<RecordedCommand> commands = new ArrayList<>();
    private final Map<Integer, List<Version>> pieces = new HashMap<>();

    CrashRecording(NativeRecording recorded, CrashLog log) {
        this.recorded = recorded;
        this.log = log;
        for (NativeRecording.Block block : recorded.blocks()) {
            long[] hash = hash(block.content());
            earlier.add(Version.earlier(earlier.size(), block.content(), hash[0], hash[1]));
        }
        recorded.commands().forEach(this::add);
        pieces.values().forEach(Version::join);
    }

    /** Where a block is. */
    record Place(int namespace, long lba) {
        @Override
        public String toString() {
            return "block " + lba + " of namespace " + namespace;
        }
    }

    /** The blocks that were touched, by their numbers. */
    List<Place> places() {
        return recorded.blocks().stream()
                .map(block -> new Place(block.namespace(), block.lba()))
                .toList();
    }

    /** How many blocks were touched. */
    int blocks() {
        return earlier.size();
    }

    Recording recording() {
        return new Recording(earlier, commands);
    }

    private void add(NativeRecording.Command command) {
        RecordedCommand added =
                new RecordedCommand(
                        KINDS[command.kind()],
                        command.namespace(),
                        command.isDurable(),
                        name(command),
                        command.submitted());
        added.completed(command.completed(), command.hasSucceeded());
        added.consumed(command.consumed());
        for (int i = 0; i < command.versions(); i++) {
            addVersion(added, recorded.versions().get(command.firstVersion() + i));
        }
        if (added.is(Kind.READ)) {
            addShown(added, command);
        }
        commands.add(added);
    }

    private void addVersion(RecordedCommand command, NativeRecording.Version written) {
        long[] hash = hash(written.content());
        Version version =
                new Version(command, written.block(), written.content(), hash[0], hash[1]);
        versions.add(version);
        command.add(version);
        if (written.piece() != 0) {
            pieces.computeIfAbsent(written.piece(), any -> new ArrayList<>()).add(version);
        }
    }

    /** What blocks held when they were read: nothing of a write that has failed. */
    private void addShown(RecordedCommand read, NativeRecording.Command command) {
        Map<Integer, Version> shown = new HashMap<>();
        versions.subList(0, command.firstVersion()).stream()
                .filter(version -> version.command().succeeded())
                .forEach(version -> shown.put(version.block(), version));
        shown.forEach(
                (number, version) -> {
                    NativeRecording.Block block = recorded.blocks().get(number);
                    long place = block.lba() - command.lba();
                    if (block.namespace() == command.namespace()
                            && place >= 0
                            && place < command.blocks()) {
                        read.add(version);
                    }
                });
    }

    private String name(NativeRecording.Command command) {
        String opcode =
                NvmOpcode.fromValue(command.opcode())
                        .map(NvmOpcode::toString)
                        .orElse("opcode " + command.opcode());
        return "command "
                + (commands.size() + 1)
                + ", "
                + opcode
                + log.labelAt(command.submitted());
    }

    /** 128 bits of a content, which no two have but by a chance that nobody meets. */
    private long[] hash(long address) {
        MemorySegment content = recorded.content(address);
        long high = 0x2545f4914f6cdd1dL;
        long low = 0x9e3779b97f4a7c15L;
        for (long at = 0; at < content.byteSize(); at += Integer.BYTES) {
            int word = content.get(ValueLayout.JAVA_INT_UNALIGNED, at);
            high = Long.rotateLeft((high ^ word) * 0xbf58476d1ce4e5b9L, 29);
            low = Long.rotateLeft((low + word) * 0x94d049bb133111ebL, 31) ^ high;
        }
        return new long[] {high, low};
    }

    /** What a failure of this recording has lost, in words. */
    List<String> words(Sweep.Failure failure) {
        Map<Integer, Place> places = new HashMap<>();
        places().forEach(place -> places.put(places.size(), place));
        return words(failure, places);
    }

    /**
     * The same for another recording.
     *
     * @param places by the blocks' numbers
     */
    static List<String> words(Sweep.Failure failure, Map<Integer, Place> places) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < failure.lost().size(); i++) {
            Version lost = failure.lost().get(i);
            RecordedCommand held = failure.held().get(i).command();
            words.add(
                    places.get(lost.block())
                            + " by "
                            + lost.command()
                            + "; it holds that of "
                            + held);
        }
        return words;
    }
}
