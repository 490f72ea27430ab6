// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.util.Optional;

/**
 * Something that a controller tells unasked (Base Specification, "Asynchronous Event Request
 * command"). Until the log page that it names is read, most controllers tell of no other event of
 * the same type.
 *
 * @param value DW0 of the completion
 */
public record AsynchronousEvent(int value) {
    /** Asynchronous Event Type. */
    public enum Type {
        /**
         * Something is wrong that no command had ("Asynchronous Event Information - Error Status").
         */
        ERROR(0),
        /** The controller's health, as its SMART log has it. */
        SMART_HEALTH(1),
        /** Something has changed, such as a namespace. */
        NOTICE(2),
        /** Of the controller itself, such as a subsystem's shutdown. */
        IMMEDIATE(3),
        /** Of an I/O command set, or of reservations. */
        IO_COMMAND_SET(6),
        /** A vendor's own. */
        VENDOR_SPECIFIC(7);

        private final int value;

        Type(int value) {
            this.value = value;
        }

        /** {@return the value of the field Asynchronous Event Type, 0 to 7} */
        public int value() {
            return value;
        }

        static Optional<Type> of(int value) {
            for (Type type : values()) {
                if (type.value == value) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }

    /** Information of a {@link Type#NOTICE}: a namespace was attached, detached or changed. */
    public static final int NAMESPACE_ATTRIBUTE_CHANGED = 0x00;

    /** Information of a {@link Type#NOTICE}: firmware is about to be activated. */
    public static final int FIRMWARE_ACTIVATION_STARTING = 0x01;

    /** Information of a {@link Type#ERROR}: a doorbell was written with an invalid value. */
    public static final int INVALID_DOORBELL_VALUE = 0x01;

    /** Information of a {@link Type#SMART_HEALTH}: a temperature threshold was crossed. */
    public static final int TEMPERATURE_THRESHOLD = 0x01;

    /** {@return what it is about; empty for a type that is not known} */
    public Optional<Type> type() {
        return Type.of(value & 7);
    }

    /** {@return the Asynchronous Event Information, 0 to 255: what it says depends on the type} */
    public int information() {
        return value >>> 8 & 0xFF;
    }

    /** {@return the identifier of the log page that tells more, 0 to 255; 0 for none} */
    public int logPage() {
        return value >>> 16 & 0xFF;
    }

    /** {@return whether a namespace was attached, detached or changed} */
    public boolean isNamespaceChange() {
        return (value & 7) == Type.NOTICE.value && information() == NAMESPACE_ATTRIBUTE_CHANGED;
    }

    @Override
    public String toString() {
        return "event of type %s, information %02Xh, log page %02Xh"
                .formatted(
                        type().map(Type::name).orElse(Integer.toString(value & 7)),
                        information(),
                        logPage());
    }
}
