// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.run.data;

import io.nvme4j.Controller;
import io.nvme4j.cli.job.Buffers;
import io.nvme4j.cli.job.Job;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

/** Buffers of several pieces that don't touch, so that each piece needs an entry of its own. */
public final class Pieces {
    private final long unit;
    private final long stride;
    private final long bytesPerIo;
    private ScatterGatherList[] lists = {};
    private DmaBuffer[] buffers = {};
    private long bytesPerSlot;

    public Pieces(Job job) {
        this.unit = job.buffers().unit();
        // Each begins on a page, as PRPs need it, and a page is left out after it.
        this.stride = ((unit + Buffers.PAGE - 1) & -Buffers.PAGE) + Buffers.PAGE;
        this.bytesPerIo = (job.largestIo() + unit - 1) / unit * stride;
    }

    public long bytesPerIo() {
        return bytesPerIo;
    }

    /** Makes the lists, a list to each slot. */
    public void use(Controller controller, DmaBuffer buffer, long slotBytes, int depth) {
        buffers = new DmaBuffer[] {buffer};
        bytesPerSlot = slotBytes;
        lists = new ScatterGatherList[depth];
        for (int slot = 0; slot < depth; slot++) {
            lists[slot] = controller.scatterGatherList(CopyPolicy.REFUSE);
        }
    }

    /** Fits the list of a slot to an I/O of so many bytes. */
    public void list(int slot, long bytes) {
        ScatterGatherList list = lists[slot];
        if (list.length() == bytes) {
            return;
        }
        list.clear();
        long at = slot * bytesPerSlot;
        for (long done = 0; done < bytes; done += unit) {
            list.add(buffers[0], at, Math.min(unit, bytes - done));
            at += stride;
        }
    }

    public ScatterGatherList list(int slot) {
        return lists[slot];
    }
}
