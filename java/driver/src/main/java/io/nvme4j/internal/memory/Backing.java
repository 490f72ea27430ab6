// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.memory;

/** Where the memory comes from, and so how it goes. */
public interface Backing {
    /**
     * Ends access by Java, where the memory is this library's.
     *
     * @throws IllegalStateException if a native call is at work on it
     */
    void endAccess();

    /** Gives the memory back. The controller no longer uses it. */
    void free();
}
