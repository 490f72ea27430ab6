// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.LogPageIdentifier;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * Which log page is asked for, and which part of it (Base Specification, "Get Log Page command").
 * Reusable: who takes it looks at it during the call only. One thread at a time.
 */
public final class GetLogPage {
    /** CDW10 bit 15, RAE. */
    private static final int RETAIN = 1 << 15;

    private static final int MAXIMUM_PARAMETER = 0x7F;
    private static final int MAXIMUM_IDENTIFIER = 0xFFFF;
    private static final int MAXIMUM_UUID_INDEX = 0x7F;

    private final int identifier;
    private @Nullable Namespace namespace;
    private int parameter;
    private int specificIdentifier;
    private int uuidIndex;
    private long offset;
    private boolean retain;

    /**
     * Asks for a log page of the controller from its beginning on.
     *
     * @param identifier Log Page Identifier (LID), 0 to 255
     */
    public GetLogPage(int identifier) {
        this.identifier = Objects.checkIndex(identifier, 256);
    }

    /**
     * Asks for a log page of the controller from its beginning on.
     *
     * @param identifier of the page (LID)
     */
    public GetLogPage(LogPageIdentifier identifier) {
        this(identifier.value());
    }

    /**
     * Asks for that of a namespace.
     *
     * @param namespace of the controller that is asked
     * @return this
     */
    public GetLogPage namespace(Namespace namespace) {
        this.namespace = Objects.requireNonNull(namespace, "namespace");
        return this;
    }

    /**
     * Sets the Log Specific Parameter (LSP).
     *
     * @param parameter 0, as without this, to 127
     * @return this
     */
    public GetLogPage specificParameter(int parameter) {
        this.parameter = check("Log Specific Parameter", parameter, MAXIMUM_PARAMETER);
        return this;
    }

    /**
     * Sets the Log Specific Identifier (LSI).
     *
     * @param identifier 0, as without this, to 65,535
     * @return this
     */
    public GetLogPage specificIdentifier(int identifier) {
        this.specificIdentifier = check("Log Specific Identifier", identifier, MAXIMUM_IDENTIFIER);
        return this;
    }

    /**
     * Sets the UUID Index.
     *
     * @param index 0, as without this, to 127
     * @return this
     */
    public GetLogPage uuidIndex(int index) {
        this.uuidIndex = check("UUID Index", index, MAXIMUM_UUID_INDEX);
        return this;
    }

    /**
     * Sets whether the event that the page belongs to stays as it is (Retain Asynchronous Event).
     * Without this, reading the page lets the controller tell of the next such event.
     *
     * @param retain true to leave the event as it is
     * @return this
     */
    public GetLogPage retainEvent(boolean retain) {
        this.retain = retain;
        return this;
    }

    /**
     * Sets where to begin (LPO).
     *
     * @param offset in bytes, a multiple of 4, 0 or more
     * @return this
     */
    public GetLogPage offset(long offset) {
        if (offset < 0 || offset % Integer.BYTES != 0) {
            throw new IllegalArgumentException(
                    "an offset in a log page is a multiple of 4 bytes, not " + offset);
        }
        this.offset = offset;
        return this;
    }

    private static int check(String what, int value, int maximum) {
        if (value < 0 || value > maximum) {
            throw new IllegalArgumentException(
                    "the " + what + " is 0 to " + maximum + ", not " + value);
        }
        return value;
    }

    @Nullable Namespace namespace() {
        return namespace;
    }

    /** The command for a piece of so many bytes, a multiple of 4, that begins after the offset. */
    Command command(long after, int bytes) {
        assert bytes > 0 && bytes % Integer.BYTES == 0 : bytes;
        int dwords = bytes / Integer.BYTES - 1; // NUMD is 0's based
        long from = offset + after;
        Command command = new Command(AdminOpcode.GET_LOG_PAGE.value());
        Namespace named = namespace;
        return (named == null ? command.allNamespaces() : command.namespace(named.whole()))
                .cdw(10, identifier | parameter << 8 | (retain ? RETAIN : 0) | dwords << 16)
                .cdw(11, dwords >>> 16 | specificIdentifier << 16)
                .cdw(12, (int) from)
                .cdw(13, (int) (from >>> 32))
                .cdw(14, uuidIndex);
    }
}
