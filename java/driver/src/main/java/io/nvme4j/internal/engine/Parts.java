// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

/**
 * The commands, or rounds of commands, that one request became. Its caller is told once, when all
 * have ended: of the status of the first that failed, in the order in which they were sent. The
 * reactor's alone.
 */
final class Parts implements CopyGuard {
    private final LaneCommands commands;
    private final Caller caller;
    private int sent;
    private int inFlight;
    private boolean isClosed;
    private int status;
    private long failed = Long.MAX_VALUE;

    Parts(LaneCommands commands, Caller caller) {
        this.commands = commands;
        this.caller = caller;
    }

    /** Who waits for the next part. */
    Caller next() {
        inFlight++;
        return new Caller(this, sent++, caller.sequence(), caller.deadline());
    }

    @Override
    public void onCompletion(long part, int status, int result) {
        inFlight--;
        fail(part, status);
        tellIfOver();
    }

    @Override
    public boolean beginCopy() {
        return CopyGuard.beginCopy(caller.handler());
    }

    @Override
    public void endCopy() {
        CopyGuard.endCopy(caller.handler());
    }

    boolean hasFailed() {
        return status != 0;
    }

    /** No further part is sent, and the request has failed, unless it has already. */
    void fail(int status) {
        fail(sent, status);
        close();
    }

    private void fail(long part, int status) {
        if (status != 0 && part < failed) {
            failed = part;
            this.status = status;
        }
    }

    /** No further part is sent. */
    void close() {
        isClosed = true;
        tellIfOver();
    }

    private void tellIfOver() {
        if (isClosed && inFlight == 0) {
            commands.tell(caller, status);
        }
    }
}
