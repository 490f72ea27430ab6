// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.load.place;

/** Places in one zone of a region, then in the next one. */
final class StridedOffsets implements Offsets {
    private final Stride stride;
    private final Offsets inZone;

    /**
     * @param stride of all directions
     * @param inZone counts from a zone's first block
     */
    StridedOffsets(Stride stride, Offsets inZone) {
        this.stride = stride;
        this.inZone = inZone;
        stride.add(inZone);
    }

    @Override
    public long next(int blocks) {
        if (stride.isDone()) {
            stride.goOn();
        }
        long place = inZone.next(blocks);
        if (!stride.has(place, blocks)) {
            stride.goOn();
            place = inZone.next(blocks);
        }
        stride.moved(inZone.granted(blocks));
        return stride.first() + place;
    }

    @Override
    public long room() {
        return inZone.room();
    }

    @Override
    public int granted(int blocks) {
        return inZone.granted(blocks);
    }
}
