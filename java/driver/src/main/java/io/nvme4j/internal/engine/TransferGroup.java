// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.CompletionHandler;
import io.nvme4j.Controller;
import io.nvme4j.Transfer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Transfers that have one completion. They begin in order, as many at once as there is room for;
 * after one that failed no other begins.
 */
public final class TransferGroup implements Special {
    private final List<ListTransfer> transfers;

    /** Those that were sent as a whole. */
    private int sent;

    /** Who waits for the one after these; null before it begins. */
    private @Nullable Caller next;

    /** Who waits for all; null before the first begins. */
    private @Nullable Parts parts;

    private TransferGroup(List<ListTransfer> transfers) {
        this.transfers = transfers;
    }

    /**
     * The lists can't be changed from here on until the caller is told, or {@link #abandon}.
     *
     * @param transfers at least one
     * @param access as in {@link ListTransfer#of}, which throws for each what this does
     */
    public static TransferGroup of(
            List<Transfer> transfers, long access, Controller controller, Thread reactor) {
        List<ListTransfer> made = new ArrayList<>();
        try {
            for (Transfer transfer : transfers) {
                made.add(ListTransfer.of(transfer, access, controller, reactor));
            }
        } catch (RuntimeException | Error e) {
            made.forEach(ListTransfer::abandon);
            throw e;
        }
        if (made.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no transfer among these: the list is empty");
        }
        return new TransferGroup(made);
    }

    @Override
    public void abandon() {
        transfers.forEach(ListTransfer::abandon);
    }

    @Override
    public CompletionHandler published(CompletionHandler caller) {
        return new Ending(this::abandon, caller);
    }

    @Override
    public boolean start(LaneCommands commands, Caller caller) {
        Parts all = parts(commands, caller);
        while (sent < transfers.size() && !all.hasFailed()) {
            Caller waiting = next(all);
            if (!transfers.get(sent).start(commands, waiting)) {
                return false;
            }
            sent++;
            next = null;
        }
        endNext(commands, LaneLife.CANCELLED);
        all.close();
        return true;
    }

    @Override
    public void end(LaneCommands commands, Caller caller, int status) {
        Parts all = parts(commands, caller);
        endNext(commands, status);
        all.fail(status);
    }

    /** The one that has begun, if there is one, sends no more, so that all can end. */
    private void endNext(LaneCommands commands, int status) {
        Caller begun = next;
        if (begun != null) {
            next = null;
            transfers.get(sent).end(commands, begun, status);
        }
    }

    private Parts parts(LaneCommands commands, Caller caller) {
        Parts known = parts;
        if (known == null) {
            known = new Parts(commands, caller);
            parts = known;
        }
        return known;
    }

    private Caller next(Parts all) {
        Caller known = next;
        if (known == null) {
            known = all.next();
            next = known;
        }
        return known;
    }
}
