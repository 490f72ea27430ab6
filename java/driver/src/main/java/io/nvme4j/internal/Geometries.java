// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal;

import io.nvme4j.map.AtomicUnit;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.Geometry;
import io.nvme4j.map.Grid;
import io.nvme4j.map.PreferredSizes;
import io.nvme4j.spec.IdentifyController;
import io.nvme4j.spec.IdentifyNamespace;

/** What a controller and a namespace say in blocks, as bytes, and whose word counts. */
public final class Geometries {
    private final IdentifyController controller;
    private final IdentifyNamespace namespace;
    private final BlockLayout layout;
    private final long transferSize;

    private Geometries(
            IdentifyController controller,
            IdentifyNamespace namespace,
            BlockLayout layout,
            long transferSize) {
        this.controller = controller;
        this.namespace = namespace;
        this.layout = layout;
        this.transferSize = transferSize;
    }

    /**
     * Puts together what the two say.
     *
     * @param transferSize most bytes of one command
     */
    public static Geometry of(
            IdentifyController controller,
            IdentifyNamespace namespace,
            BlockLayout layout,
            long transferSize) {
        return new Geometries(controller, namespace, layout, transferSize).make();
    }

    private Geometry make() {
        AtomicUnit normal =
                unit(
                        namespace.atomicWriteUnitNormal(),
                        controller.atomicWriteUnitNormal(),
                        namespace.atomicBoundarySizeNormal());
        AtomicUnit powerFail =
                unit(
                        namespace.atomicWriteUnitPowerFail(),
                        controller.atomicWriteUnitPowerFail(),
                        namespace.atomicBoundarySizePowerFail());
        return new Geometry(blocks(), normal, powerFail, preferred());
    }

    private Grid blocks() {
        return Grid.of(layout.blockSize());
    }

    /**
     * @param own the namespace's unit in blocks, or 0 where the controller's counts
     * @param boundarySize blocks, or 0 for no boundaries
     */
    private AtomicUnit unit(int own, int controllers, int boundarySize) {
        long inCommand = Math.max(1, transferSize / layout.bytesInBuffer());
        long most = Math.min(own == 0 ? controllers : own, inCommand);
        return new AtomicUnit(
                blocks(), bytes(most), atomicBoundaries(boundarySize), ioBoundaries());
    }

    private Grid atomicBoundaries(int size) {
        if (size == 0) {
            return Grid.NONE;
        }
        return new Grid(bytes(size), bytes(namespace.atomicBoundaryOffset() % size));
    }

    private Grid ioBoundaries() {
        long boundary = layout.optimalIoBoundary();
        return boundary == 0 ? Grid.NONE : Grid.of(bytes(boundary));
    }

    private PreferredSizes preferred() {
        return new PreferredSizes(
                Grid.of(reported(namespace.preferredWriteAlignment())),
                reported(namespace.preferredWriteGranularity()),
                Grid.of(reported(namespace.preferredDeallocateAlignment())),
                reported(namespace.preferredDeallocateGranularity()),
                reported(namespace.optimalWriteSize()),
                ioBoundaries());
    }

    /** A size in bytes; of one block where none is reported. */
    private long reported(int blocks) {
        return bytes(Math.max(1, blocks));
    }

    private long bytes(long blocks) {
        return blocks * layout.blockSize();
    }
}
