// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

/** A request that is more than the record in the ring. */
interface Special {
    /**
     * Sends it, if it can go now. Called again, after more has completed, until it could.
     *
     * @return whether it went, or failed and its handler was told
     */
    boolean start(Lane lane, Caller caller);
}
