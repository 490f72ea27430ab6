// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import java.util.Optional;

/**
 * The status that a command completed with: bits 31:17 of DW3 of its completion queue entry (Base
 * Specification, "Completion Queue Entry: Status Field").
 *
 * <pre>
 *   14    13   12  11   10     8   7            0
 * +-----+-----+-------+----------+---------------+
 * | DNR |  M  |  CRD  |   SCT    |      SC       |
 * +-----+-----+-------+----------+---------------+
 * </pre>
 *
 * @param field the 15 bits, without the phase tag
 */
public record Status(int field) {
    private static final int FIELD_MASK = 0x7FFF;

    /** From here on, codes of every type are for vendors. */
    private static final int FIRST_VENDOR_CODE = 0xC0;

    private static final String NO_HINT = "";

    /** Keeps the 15 bits that are a status. */
    public Status {
        field &= FIELD_MASK;
    }

    /**
     * {@return the status in a completion}
     *
     * @param field the status field, without the phase tag; bits above the 15 are ignored
     */
    public static Status of(int field) {
        return new Status(field);
    }

    /** {@return the Status Code (SC), 0 to 255} */
    public int code() {
        return field & 0xFF;
    }

    /** {@return the Status Code Type (SCT), 0 to 7} */
    public int type() {
        return field >>> 8 & 0x7;
    }

    /**
     * {@return the Command Retry Delay (CRD): 0 for none, or which of the controller's three
     * delays}
     */
    public int commandRetryDelay() {
        return field >>> 11 & 0x3;
    }

    /** {@return whether the Error Information log page tells more: More (M)} */
    public boolean more() {
        return (field >>> 13 & 1) != 0;
    }

    /** {@return whether the same command would fail again: Do Not Retry (DNR)} */
    public boolean doNotRetry() {
        return (field >>> 14 & 1) != 0;
    }

    /** {@return whether the command did what it should} */
    public boolean isSuccess() {
        return code() == 0 && type() == 0;
    }

    /**
     * {@return whether type and code are these; the other bits don't count}
     *
     * @param statusCode to compare with
     */
    public boolean is(StatusCode statusCode) {
        return type() == statusCode.type().value() && code() == statusCode.code();
    }

    /**
     * {@return what the specification calls this type and code; empty for one that it does not
     * know}
     */
    public Optional<StatusCode> statusCode() {
        return StatusCode.find(type(), code());
    }

    /** {@return the specification's name, such as "LBA Out of Range"} */
    public String name() {
        return statusCode().map(StatusCode::title).orElseGet(this::nameOfUnknown);
    }

    private String nameOfUnknown() {
        String kind = isVendorSpecific() ? "Vendor Specific" : "Unknown";
        return StatusCodeType.fromValue(type())
                .filter(type -> type != StatusCodeType.VENDOR_SPECIFIC)
                .map(type -> kind + " " + type.title())
                .orElse(kind + " Status");
    }

    private boolean isVendorSpecific() {
        return type() == StatusCodeType.VENDOR_SPECIFIC.value() || code() >= FIRST_VENDOR_CODE;
    }

    /**
     * {@return one sentence about the usual cause and what to do, or empty where there is nothing
     * to say}
     */
    public String hint() {
        return statusCode().map(StatusCode::hint).orElseGet(this::hintOfUnknown);
    }

    private String hintOfUnknown() {
        return isVendorSpecific() ? "the vendor's documentation tells what it means" : NO_HINT;
    }

    /** Such as "LBA Out of Range (SCT 0h, SC 80h, DNR)". */
    @Override
    public String toString() {
        return "%s (SCT %Xh, SC %02Xh%s%s)"
                .formatted(
                        name(), type(), code(), more() ? ", M" : "", doNotRetry() ? ", DNR" : "");
    }
}
