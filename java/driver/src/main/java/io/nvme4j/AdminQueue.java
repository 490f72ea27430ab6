// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.error.CommandException;
import io.nvme4j.memory.DataPointerForm;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaMemory;
import io.nvme4j.memory.PageMapper;
import io.nvme4j.memory.SglSupport;
import io.nvme4j.queue.CompletionRecord;
import io.nvme4j.queue.SubmissionRecord;
import io.nvme4j.shim.NativeController;
import io.nvme4j.spec.ActiveNamespaceList;
import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.IdentifyCns;
import io.nvme4j.spec.IdentifyController;
import io.nvme4j.spec.IdentifyNamespace;
import io.nvme4j.spec.LogPageIdentifier;
import io.nvme4j.spec.SmartLog;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Admin commands, one at a time, each waited for. Thread-safe. */
final class AdminQueue {
    /** Bytes of an Identify data structure. */
    private static final int IDENTIFY_BYTES = 4096;

    /** NSID that stands for the controller as a whole in a log page command. */
    private static final int ALL_NAMESPACES = 0xFFFF_FFFF;

    private static final int TIMEOUT_MILLIS = 30_000;

    private final NativeController controller;
    private final DmaMemory memory;
    private final PageMapper mapper;

    AdminQueue(NativeController controller, DmaMemory memory) {
        this.controller = controller;
        this.memory = memory;
        // SGLs are not for admin commands over PCIe; whole pages need none.
        DataPointerForm form =
                controller.takesDataPointers() ? DataPointerForm.PRP : DataPointerForm.CONTIGUOUS;
        this.mapper = new PageMapper(form, SglSupport.NONE, memory.pageSize());
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
                id,
                Math.toIntExact(namespace.format().dataSize()),
                namespace.format().metadataSize(),
                namespace.size());
    }

    private <T> T identify(int namespace, IdentifyCns cns, Function<MemorySegment, T> parse) {
        return command(AdminOpcode.IDENTIFY.value(), namespace, cns.value(), IDENTIFY_BYTES, parse);
    }

    SmartLog smartLog() {
        // CDW10: NUMDL, a 0's based number of dwords, above the log page's identifier.
        long dwords = SmartLog.BYTES / 4 - 1;
        long cdw10 = LogPageIdentifier.SMART_HEALTH.value() | dwords << 16;
        return command(
                AdminOpcode.GET_LOG_PAGE.value(),
                ALL_NAMESPACES,
                cdw10,
                SmartLog.BYTES,
                SmartLog::of);
    }

    /** Executes a command that reads a structure from the controller. */
    private <T> T command(
            int opcode,
            int namespace,
            long cdw10and11,
            int length,
            Function<MemorySegment, T> parse) {
        try (DmaBuffer data = memory.allocate(length, 1, -1);
                Arena arena = Arena.ofConfined()) {
            MemorySegment submission =
                    arena.allocate(SubmissionRecord.BYTES, SubmissionRecord.ALIGNMENT);
            MemorySegment completion = arena.allocate(CompletionRecord.BYTES, 8);
            SubmissionRecord.putCommand(submission, 0, opcode, namespace, cdw10and11, 0);
            // At most two pages, so no list: the data buffer stands in for the lists' memory.
            SubmissionRecord.map(submission, 0, mapper, data, 0, length, data, 0);
            controller.admin(submission, completion, TIMEOUT_MILLIS);
            int status = CompletionRecord.status(completion, 0);
            if (status != 0) {
                throw CommandException.of(status);
            }
            return parse.apply(data.segment().asSlice(0, length));
        }
    }
}
