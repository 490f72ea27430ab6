// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

/** What an Identify command asks for (Base Specification, "Identify - CNS Values"). */
public enum IdentifyCns {
    /** Identify Namespace data structure of the namespace. */
    NAMESPACE(0x00),
    /** Identify Controller data structure. */
    CONTROLLER(0x01),
    /** Active Namespace ID list: identifiers greater than the command's. */
    ACTIVE_NAMESPACES(0x02),
    /** Namespace Identification Descriptor list of the namespace. */
    NAMESPACE_IDENTIFICATION_DESCRIPTORS(0x03),
    /** I/O Command Set specific Identify Namespace data structure. */
    IO_COMMAND_SET_NAMESPACE(0x05),
    /** I/O Command Set specific Identify Controller data structure. */
    IO_COMMAND_SET_CONTROLLER(0x06),
    /** Allocated Namespace ID list. */
    ALLOCATED_NAMESPACES(0x10),
    /** Identify Namespace data structure of an allocated namespace. */
    ALLOCATED_NAMESPACE(0x11);

    private final int value;

    IdentifyCns(int value) {
        this.value = value;
    }

    /** {@return the CNS value, 0 to 255} */
    public int value() {
        return value;
    }
}
