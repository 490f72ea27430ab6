// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.situation;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What nvme4j attaches through; named as in a transport id's trtype. */
public enum Transport {
    EMBEDDED,
    PCIE,
    TCP,
    RDMA,
    VFIOUSER;

    /** Every one. */
    public static final Set<Transport> ALL =
            Collections.unmodifiableSet(EnumSet.allOf(Transport.class));

    /** Those that SPDK does. */
    public static final Set<Transport> OF_SPDK =
            Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(EMBEDDED)));
}
