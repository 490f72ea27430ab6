// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.admin.AdminCommand;
import io.nvme4j.internal.admin.AdminLength;
import io.nvme4j.internal.admin.AdminQueue;
import io.nvme4j.internal.admin.AdminReply;
import io.nvme4j.internal.memory.DmaMemory;
import io.nvme4j.internal.queue.NvmCommand;
import io.nvme4j.internal.queue.Rules;
import io.nvme4j.internal.shim.NativeController;
import io.nvme4j.internal.wait.CallsUnderWay;
import io.nvme4j.map.MappingRules;
import io.nvme4j.spec.AdminOpcode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Checks admin commands of callers', and hands them to the queue that carries them out.
 * Thread-safe.
 */
final class AdminCommands {
    private final DmaMemory memory;
    private final CallsUnderWay calls;
    private final MappingRules rules;
    private final boolean lengthIsTold;
    private final AdminQueue queue;

    /* How often namespaces may have changed. */
    private final AtomicInteger namespaceChanges;

    AdminCommands(
            NativeController controller,
            DmaMemory memory,
            CallsUnderWay calls,
            AtomicInteger namespaceChanges,
            IntConsumer events) {
        this.memory = memory;
        this.calls = calls;
        this.namespaceChanges = namespaceChanges;
        this.rules = Rules.ofAdminCommands(controller);
        // Where a controller has doorbells, its admin commands have PRPs, whoever makes them.
        this.lengthIsTold = !controller.dataForms().prp();
        this.queue = new AdminQueue(controller, memory, rules, events);
    }

    DmaMemory memory() {
        return memory;
    }

    /** Most bytes of one command, also of one that is no admin command. */
    long maximumTransferSize() {
        return rules.maximumTransferSize();
    }

    /**
     * Carries a command out, and waits for it.
     *
     * @param data what the command moves, from or to there; null where it moves nothing
     */
    AdminReply execute(Command command, @Nullable MemorySegment data, long limitNanos) {
        return calls.during(
                () -> {
                    AdminReply reply = queue.await(send(command, data, limitNanos));
                    receive(reply, data);
                    return reply;
                });
    }

    /** The same without waiting; data to the host are in the reply alone. */
    CompletableFuture<AdminReply> submit(
            Command command, @Nullable MemorySegment data, long limitNanos) {
        return calls.during(() -> send(command, data, limitNanos));
    }

    private CompletableFuture<AdminReply> send(
            Command command, @Nullable MemorySegment data, long limitNanos) {
        return sendChecked(command.copy(), data, limitNanos); // what is checked is what is sent
    }

    private CompletableFuture<AdminReply> sendChecked(
            Command command, @Nullable MemorySegment data, long limitNanos) {
        Namespace namespace = command.namespace();
        if (namespace != null) {
            namespace.checkMemory(memory);
            checkWhole(namespace);
        }
        AdminCommand sent = describe(command, data);
        if (!changesNamespaces(command.opcode())) {
            return queue.submit(sent, limitNanos, () -> {});
        }
        memory.holders().beginChange();
        try {
            return queue.submit(sent, limitNanos, this::endChange);
        } catch (RuntimeException | Error e) {
            endChange();
            throw e;
        }
    }

    /** An admin command is about all of a namespace: a Format NVM wipes it. */
    static void checkWhole(Namespace namespace) {
        if (namespace.isSlice()) {
            throw new IllegalArgumentException(
                    "an admin command reaches outside the slice: give it the namespace");
        }
    }

    /** What was read of namespaces is out of date before a queue pair can be opened. */
    private void endChange() {
        namespaceChanges.incrementAndGet();
        memory.holders().endChange();
    }

    /** Whether blocks may have another size afterwards. */
    private static boolean changesNamespaces(int opcode) {
        return opcode == AdminOpcode.FORMAT_NVM.value()
                || opcode == AdminOpcode.NAMESPACE_MANAGEMENT.value()
                || opcode == AdminOpcode.NAMESPACE_ATTACHMENT.value();
    }

    private AdminCommand describe(Command command, @Nullable MemorySegment data) {
        AdminCommand.Dwords dwords =
                new AdminCommand.Dwords(
                        command.dwords(2),
                        command.dwords(10),
                        command.dwords(12),
                        command.dwords(14));
        int opcode = command.opcode();
        long given = data == null ? 0 : data.byteSize();
        long room =
                AdminLength.room(
                        opcode, command::dwords, given, rules.maximumTransferSize(), lengthIsTold);
        boolean toHost = NvmCommand.movesToHost(opcode);
        if (toHost && data != null && data.isReadOnly()) {
            throw new IllegalArgumentException(
                    "the command writes to its data, and the segment is read-only");
        }
        MemorySegment toController =
                data != null && NvmCommand.movesToController(opcode)
                        ? MemorySegment.ofArray(data.toArray(ValueLayout.JAVA_BYTE))
                        : MemorySegment.NULL;
        int wanted = toHost ? (int) given : 0;
        return new AdminCommand(opcode, command.namespaceId(), dwords, room, toController, wanted);
    }

    /** Copies data to where the caller wants them, of a command that sends some. */
    static void receive(AdminReply reply, @Nullable MemorySegment data) {
        if (data != null && reply.data().byteSize() > 0) {
            data.copyFrom(reply.data());
        }
    }

    /** As {@link AdminQueue#close}. */
    void close() {
        queue.close();
    }

    /** As {@link AdminQueue#reopen}. */
    void reopen() {
        queue.reopen();
    }
}
