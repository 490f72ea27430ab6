// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.map;

import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a controller and its transport say of data pointers.
 *
 * @param forms that the transport takes
 * @param sglSupport Identify Controller's SGLS
 * @param bitBuckets whether reads may skip ranges by Bit Bucket descriptors
 * @param pageSize bytes in a memory page (CC.MPS), a power of two
 * @param maximumFragments most ranges in the form {@link DataPointerForm#FRAGMENTS}
 * @param maximumTransferSize most bytes of one command: MDTS, and the transport's own limit
 */
public record MappingRules(
        Set<DataPointerForm> forms,
        SglSupport sglSupport,
        boolean bitBuckets,
        int pageSize,
        int maximumFragments,
        long maximumTransferSize) {
    private static final int DWORD = 4;

    /** Checks sizes, and leaves SGLs out where the controller takes none. */
    public MappingRules {
        Objects.requireNonNull(sglSupport, "sglSupport");
        if (Integer.bitCount(pageSize) != 1 || pageSize < 1) {
            throw new IllegalArgumentException("a page is a power of two bytes, not " + pageSize);
        }
        if (maximumFragments < 0 || maximumTransferSize < 1) {
            throw new IllegalArgumentException(
                    "a command has 0 fragments or more and moves 1 byte or more, not %d and %d"
                            .formatted(maximumFragments, maximumTransferSize));
        }
        forms =
                sglSupport == SglSupport.NONE && forms.contains(DataPointerForm.SGL)
                        ? without(forms, DataPointerForm.SGL)
                        : Set.copyOf(forms);
    }

    private static Set<DataPointerForm> without(Set<DataPointerForm> forms, DataPointerForm form) {
        return forms.stream().filter(each -> each != form).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * {@return whether commands may have a form}
     *
     * @param form of a data pointer
     */
    public boolean takes(DataPointerForm form) {
        return forms.contains(Objects.requireNonNull(form, "form"));
    }

    /**
     * {@return these rules with one form only}
     *
     * @param form that commands shall have
     * @throws IllegalArgumentException if it isn't taken
     */
    public MappingRules only(DataPointerForm form) {
        if (!takes(form)) {
            throw new IllegalArgumentException(
                    "the controller and its transport take " + forms + ", not " + form);
        }
        return new MappingRules(
                Set.of(form),
                sglSupport,
                bitBuckets,
                pageSize,
                maximumFragments,
                maximumTransferSize);
    }

    /**
     * Checks that data may begin at an address.
     *
     * @param address virtual or IOVA, whose offset in its page is the same
     * @throws IllegalArgumentException if the controller takes no data from there
     */
    public void checkAddress(long address) {
        if (!takesBytes() && address % DWORD != 0) {
            throw new IllegalArgumentException(
                    "data at address 0x"
                            + Long.toHexString(address)
                            + ": the controller takes multiples of "
                            + DWORD);
        }
    }

    /** {@return whether data may begin anywhere, not only on multiples of 4} */
    public boolean takesBytes() {
        return sglSupport == SglSupport.BYTE && !forms.equals(Set.of(DataPointerForm.PRP));
    }

    /**
     * {@return these rules with another limit on what one command moves}
     *
     * @param bytes most of one command, 1 or more
     */
    public MappingRules withMaximumTransferSize(long bytes) {
        return new MappingRules(forms, sglSupport, bitBuckets, pageSize, maximumFragments, bytes);
    }
}
