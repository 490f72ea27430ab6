// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.error.CommandException;
import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.map.ListPages;
import io.nvme4j.internal.map.PageMapper;
import io.nvme4j.internal.memory.Buffers;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.queue.CompletionRecord;
import io.nvme4j.internal.queue.SubmissionRecord;
import io.nvme4j.internal.shim.NativeController;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.spec.ActiveNamespaceList;
import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.DiscoveryLogEntry;
import io.nvme4j.spec.DiscoveryLogHeader;
import io.nvme4j.spec.IdentifyCns;
import io.nvme4j.spec.IdentifyController;
import io.nvme4j.spec.IdentifyNamespace;
import io.nvme4j.spec.LogPageIdentifier;
import io.nvme4j.spec.SmartLog;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Admin commands, one at a time, each waited for. Thread-safe. */
final class AdminQueue {
    /** Bytes of an Identify data structure. */
    private static final int IDENTIFY_BYTES = 4096;

    private static final int TIMEOUT_MILLIS = 30_000;

    private static final int MINIMUM_BLOCK = 512;
    private static final int MAXIMUM_BLOCK = 1 << 30; // so that lengths of a block are ints

    private final NativeController controller;
    private final DmaMemory memory;
    private final CallsUnderWay calls;
    private final PageMapper mapper;

    AdminQueue(NativeController controller, DmaMemory memory, CallsUnderWay calls) {
        this.controller = controller;
        this.memory = memory;
        this.calls = calls;
        // What is asked for here has one page or two, so no command needs a list.
        ListPages none = new ListPages(MemorySegment.NULL, new long[0], memory.pageSize());
        this.mapper = new PageMapper(Rules.ofAdminCommands(controller), none, 0);
    }

    IdentifyController identifyController() {
        return identify(0, IdentifyCns.CONTROLLER, IdentifyController::of);
    }

    IdentifyNamespace identifyNamespace(int id) {
        return identify(id, IdentifyCns.NAMESPACE, IdentifyNamespace::of);
    }

    /** Every active namespace, by asking for lists until one is not full. */
    List<Namespace> namespaces() {
        List<Namespace> namespaces = new ArrayList<>();
        int after = 0;
        ActiveNamespaceList list;
        do {
            list = identify(after, IdentifyCns.ACTIVE_NAMESPACES, ActiveNamespaceList::of);
            for (int id : list.identifiers()) {
                namespaces.add(describe(id));
                after = id;
            }
        } while (list.isFull());
        return List.copyOf(namespaces);
    }

    private Namespace describe(int id) {
        IdentifyNamespace namespace = identifyNamespace(id);
        return new Namespace(
                memory,
                id,
                namespace.size(),
                new BlockLayout(
                        blockSize(id, namespace.format().dataSize()),
                        namespace.format().metadataSize(),
                        namespace.transfersMetadataWithData(),
                        namespace.optimalIoBoundary(),
                        0),
                new ProtectionFormat(
                        namespace.protectionInformationType(),
                        namespace.isProtectionInformationFirst()));
    }

    /** Base Specification, "LBA Format": blocks have 512 bytes (LBADS 9) or more. */
    private static int blockSize(int id, long bytes) {
        if (bytes < MINIMUM_BLOCK || bytes > MAXIMUM_BLOCK) {
            throw new NvmeException(
                    "namespace "
                            + id
                            + " has blocks of "
                            + bytes
                            + " bytes, which can't be used: "
                            + MINIMUM_BLOCK
                            + " to "
                            + MAXIMUM_BLOCK
                            + " can");
        }
        return (int) bytes;
    }

    private <T> T identify(int namespace, IdentifyCns cns, Function<MemorySegment, T> parse) {
        return command(identifyFields(namespace, cns.value()), IDENTIFY_BYTES, parse);
    }

    /** The bytes of any Identify data structure, a copy. */
    MemorySegment identify(int namespace, int cns) {
        return command(identifyFields(namespace, cns), IDENTIFY_BYTES, AdminQueue::copy);
    }

    private static Fields identifyFields(int namespace, int cns) {
        return new Fields(AdminOpcode.IDENTIFY.value(), namespace, cns, 0, 0);
    }

    private static MemorySegment copy(MemorySegment data) {
        return MemorySegment.ofArray(data.toArray(ValueLayout.JAVA_BYTE));
    }

    /**
     * The bytes of a piece of a log page, a copy; it begins so many bytes after the page's offset.
     */
    MemorySegment logPage(GetLogPage page, long after, int length) {
        Fields fields =
                new Fields(
                        AdminOpcode.GET_LOG_PAGE.value(),
                        page.namespaceId(),
                        page.cdw10and11(length),
                        page.offset() + after,
                        page.cdw14and15());
        return command(fields, length, AdminQueue::copy);
    }

    SmartLog smartLog() {
        return logPage(
                LogPageIdentifier.SMART_HEALTH, Namespace.ALL, 0, SmartLog.BYTES, SmartLog::of);
    }

    DiscoveryLogHeader discoveryLogHeader() {
        return logPage(
                LogPageIdentifier.DISCOVERY,
                0,
                0,
                DiscoveryLogHeader.BYTES,
                DiscoveryLogHeader::of);
    }

    /** Entry {@code index} of the Discovery log page, counted from 0. */
    DiscoveryLogEntry discoveryLogEntry(int index) {
        return logPage(
                LogPageIdentifier.DISCOVERY,
                0,
                DiscoveryLogHeader.BYTES + (long) index * DiscoveryLogEntry.BYTES,
                DiscoveryLogEntry.BYTES,
                DiscoveryLogEntry::of);
    }

    /** Reads {@code length} bytes of a log page, from {@code offset} on. */
    private <T> T logPage(
            LogPageIdentifier page,
            int namespace,
            long offset,
            int length,
            Function<MemorySegment, T> parse) {
        long cdw10and11 = new GetLogPage(page).cdw10and11(length);
        int opcode = AdminOpcode.GET_LOG_PAGE.value();
        return command(new Fields(opcode, namespace, cdw10and11, offset, 0), length, parse);
    }

    /** A command's dwords, two and two, as {@link SubmissionRecord} has them. */
    private record Fields(
            int opcode, int namespace, long cdw10and11, long cdw12and13, long cdw14and15) {
        void put(long record) {
            SubmissionRecord.putCommand(record, opcode, namespace, cdw10and11, cdw12and13);
            SubmissionRecord.putOtherDwords(record, 0, cdw14and15);
        }
    }

    private <T> T command(Fields fields, int length, Function<MemorySegment, T> parse) {
        return calls.during(() -> execute(fields, length, parse));
    }

    /** Executes a command that reads a structure from the controller. */
    private <T> T execute(Fields fields, int length, Function<MemorySegment, T> parse) {
        try (DmaBuffer data = memory.allocateInternal(length);
                Arena arena = Arena.ofConfined()) {
            MemorySegment submission =
                    arena.allocate(SubmissionRecord.BYTES, SubmissionRecord.BYTES);
            MemorySegment completion = arena.allocate(CompletionRecord.BYTES, 8);
            long record = submission.address();
            fields.put(record);
            SubmissionRecord.map(record, mapper, Buffers.mapped(data), 0, length, 0);
            controller.admin(submission, completion, TIMEOUT_MILLIS);
            int status = CompletionRecord.status(completion.address());
            if (status != 0) {
                throw CommandException.of(status);
            }
            return parse.apply(data.segment().asSlice(0, length));
        }
    }
}
