// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

/** Which commands bypass the controller's volatile cache: their control has FUA, or nothing. */
public final class ForcedAccess {
    /** Neither reads nor writes. */
    public static final ForcedAccess NONE = new ForcedAccess(false, false);

    private final long ofReads;
    private final long ofWrites;

    public ForcedAccess(boolean reads, boolean writes) {
        this.ofReads = reads ? NvmCommand.FORCE_UNIT_ACCESS : 0;
        this.ofWrites = writes ? NvmCommand.FORCE_UNIT_ACCESS : 0;
    }

    /** Control bits of commands of an opcode, as {@link NvmCommand#putBlocks} has them. */
    public long control(int opcode) {
        if (this == NONE) { // mostly: a load from here delays the command by 1.5 ns
            return 0;
        }
        return opcode == NvmCommand.READ ? ofReads : opcode == NvmCommand.WRITE ? ofWrites : 0;
    }
}
