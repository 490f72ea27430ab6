// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.CompletionHandler;

/**
 * A handler whose caller may be told of an end by another thread than the reactor, as by cancelling
 * a future: data are copied to the caller's memory between these two calls or not at all. The
 * reactor calls them.
 */
public interface CopyGuard extends CompletionHandler {
    /** Whether the caller was told of no end yet; if so, it isn't before {@link #endCopy}. */
    boolean beginCopy();

    /** The data were copied. */
    void endCopy();

    /** The same for any handler: the callers of others are told by the reactor alone. */
    static boolean beginCopy(CompletionHandler handler) {
        return !(handler instanceof CopyGuard guard) || guard.beginCopy();
    }

    static void endCopy(CompletionHandler handler) {
        if (handler instanceof CopyGuard guard) {
            guard.endCopy();
        }
    }
}
