// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.error.CommandException;
import io.nvme4j.error.NvmeException;
import io.nvme4j.internal.Geometries;
import io.nvme4j.internal.admin.AdminReply;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.spec.ActiveNamespaceList;
import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.DataLength;
import io.nvme4j.spec.DiscoveryLogEntry;
import io.nvme4j.spec.DiscoveryLogHeader;
import io.nvme4j.spec.IdentifyCns;
import io.nvme4j.spec.IdentifyController;
import io.nvme4j.spec.IdentifyNamespace;
import io.nvme4j.spec.LogPageIdentifier;
import io.nvme4j.spec.SmartLog;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks a controller for its data structures and log pages, and waits for each. Thread-safe. */
final class Inquiry {
    static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** More are not believed: each is a command and an object. */
    private static final int MAXIMUM_NAMESPACES = 8192;

    private static final int MAXIMUM_PROTECTION_TYPE = 3;
    private static final int MINIMUM_PROTECTION = 8;

    private static final int MINIMUM_BLOCK = 512;
    private static final int MAXIMUM_BLOCK = 1 << 30; // so that lengths of a block are ints

    private final AdminCommands commands;
    private final long limitNanos;

    /**
     * @param limitNanos how long each may take
     */
    Inquiry(AdminCommands commands, long limitNanos) {
        this.commands = commands;
        this.limitNanos = limitNanos;
    }

    IdentifyController identifyController() {
        return IdentifyController.of(identify(0, IdentifyCns.CONTROLLER.value()));
    }

    IdentifyNamespace identifyNamespace(int id) {
        return IdentifyNamespace.of(identify(id, IdentifyCns.NAMESPACE.value()));
    }

    /**
     * Every active namespace, by asking for lists until one is not full.
     *
     * @param identify of the controller
     * @throws NvmeException if the lists don't come to an end, or a namespace can't be used
     */
    List<Namespace> namespaces(IdentifyController identify) {
        List<Namespace> namespaces = new ArrayList<>();
        int after = 0;
        ActiveNamespaceList list;
        do {
            list = ActiveNamespaceList.of(identify(after, IdentifyCns.ACTIVE_NAMESPACES.value()));
            for (int id : list.identifiers()) {
                checkProgress(after, id, namespaces.size());
                namespaces.add(describe(id, identify));
                after = id;
            }
        } while (list.isFull());
        return List.copyOf(namespaces);
    }

    /** Base Specification, "Active Namespace ID list": identifiers are in increasing order. */
    private static void checkProgress(int after, int id, int count) {
        if (Integer.compareUnsigned(id, after) <= 0) {
            throw new NvmeException(
                    "the controller's list of namespaces has "
                            + Integer.toUnsignedString(id)
                            + " after "
                            + Integer.toUnsignedString(after)
                            + ", though identifiers increase");
        }
        if (count == MAXIMUM_NAMESPACES) {
            throw new NvmeException(
                    "the controller lists more than " + MAXIMUM_NAMESPACES + " namespaces");
        }
    }

    private Namespace describe(int id, IdentifyController identify) {
        IdentifyNamespace namespace = identifyNamespace(id);
        BlockLayout layout = layout(id, namespace);
        checkProtection(id, namespace);
        checkSize(id, namespace.size(), layout.blockSize());
        return new Namespace(
                commands.memory(),
                id,
                namespace.size(),
                layout,
                new ProtectionFormat(
                        namespace.protectionInformationType(),
                        namespace.isProtectionInformationFirst()),
                Geometries.of(identify, namespace, layout, commands.maximumTransferSize()));
    }

    private static BlockLayout layout(int id, IdentifyNamespace namespace) {
        return new BlockLayout(
                blockSize(id, namespace.format().dataSize()),
                namespace.format().metadataSize(),
                namespace.transfersMetadataWithData(),
                namespace.optimalIoBoundary(),
                0);
    }

    /** NVM Command Set, "End-to-end Data Protection": it is the first or last of the metadata. */
    private static void checkProtection(int id, IdentifyNamespace namespace) {
        int type = namespace.protectionInformationType();
        int metadata = namespace.format().metadataSize();
        if (type > MAXIMUM_PROTECTION_TYPE || (type != 0 && metadata < MINIMUM_PROTECTION)) {
            throw new NvmeException(
                    "namespace "
                            + id
                            + " has protection information of type "
                            + type
                            + " in metadata of "
                            + metadata
                            + " bytes, which can't be used");
        }
    }

    /** Offsets in bytes are numbers of 63 bits. */
    private static void checkSize(int id, long blocks, int blockSize) {
        if (blocks < 0 || blocks > Long.MAX_VALUE / blockSize) {
            throw new NvmeException(
                    "namespace "
                            + id
                            + " has "
                            + Long.toUnsignedString(blocks)
                            + " blocks of "
                            + blockSize
                            + " bytes, which are more than 2^63 bytes");
        }
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

    /**
     * The bytes of an Identify data structure.
     *
     * @param namespace NSID; of lists, the one that they begin after
     */
    MemorySegment identify(int namespace, int cns) {
        Command command = new Command(AdminOpcode.IDENTIFY.value()).rawNamespace(namespace);
        return read(command.cdw(10, cns), DataLength.STRUCTURE_BYTES);
    }

    /** The bytes of a piece of a log page; it begins so many bytes after the page's offset. */
    MemorySegment logPage(GetLogPage page, long after, int length) {
        return read(page.command(after, length), length);
    }

    SmartLog smartLog() {
        GetLogPage page = new GetLogPage(LogPageIdentifier.SMART_HEALTH);
        return SmartLog.of(logPage(page, 0, SmartLog.BYTES));
    }

    DiscoveryLogHeader discoveryLogHeader() {
        return DiscoveryLogHeader.of(discoveryLog(0, DiscoveryLogHeader.BYTES));
    }

    /** Entry {@code index} of the Discovery log page, counted from 0. */
    DiscoveryLogEntry discoveryLogEntry(int index) {
        long at = DiscoveryLogHeader.BYTES + (long) index * DiscoveryLogEntry.BYTES;
        return DiscoveryLogEntry.of(discoveryLog(at, DiscoveryLogEntry.BYTES));
    }

    /** The page is no namespace's, and this controller has none. */
    private MemorySegment discoveryLog(long offset, int length) {
        GetLogPage page = new GetLogPage(LogPageIdentifier.DISCOVERY);
        return read(page.command(offset, length).rawNamespace(0), length);
    }

    private MemorySegment read(Command command, int length) {
        MemorySegment data = MemorySegment.ofArray(new byte[length]);
        AdminReply reply = commands.execute(command, data, limitNanos);
        if (reply.status() != 0) {
            throw CommandException.of(reply.status());
        }
        return data;
    }
}
