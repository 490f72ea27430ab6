// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.situation;

import io.nvme4j.error.NvmeException;

/** The native libraries. */
public interface NativeParts {
    /**
     * Loads what a transport needs.
     *
     * @return what it is, and its versions
     * @throws NvmeException if it is missing or can't be loaded
     */
    String load(Transport transport);
}
