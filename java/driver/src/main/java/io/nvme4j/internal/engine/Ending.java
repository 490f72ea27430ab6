// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.CompletionHandler;

/**
 * Lets go of a request's lists before its caller is told.
 *
 * @param end lets go of them, unless a queue has taken them over
 */
record Ending(Runnable end, CompletionHandler caller) implements CopyGuard {
    @Override
    public void onCompletion(long tag, int status, int result) {
        end.run();
        caller.onCompletion(tag, status, result);
    }

    @Override
    public boolean beginCopy() {
        return CopyGuard.beginCopy(caller);
    }

    @Override
    public void endCopy() {
        CopyGuard.endCopy(caller);
    }
}
