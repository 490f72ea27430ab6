// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.error.CompletionStatus;
import io.nvme4j.error.Errno;
import io.nvme4j.spec.NvmOpcode;
import io.nvme4j.spec.Status;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * The Flight Recorder's event of a slow or failed command, which lasts as long as the command: one
 * for each slot, used again and again.
 */
@Name("io.nvme4j.Io")
@Label("NVMe I/O")
@Category("nvme4j")
@Description("A command that took longer than its queue's threshold, or that failed")
@StackTrace(false)
final class IoEvent extends Event {
    @Label("Opcode")
    String opcode = "";

    @Label("Namespace")
    int namespace;

    @Label("Starting LBA")
    long startingLba;

    @Label("Status")
    @Description("The NVMe status, or the errno of a command that never reached the device")
    String status = "";

    /* Not the event's: what its fields are made of, and what it is measured by. */
    private transient boolean isUnderWay;
    private transient long startNanos;
    private transient int opcodeValue;

    /** Never committed: this is asked with every batch, for which none is to be allocated. */
    private static final IoEvent PROBE = new IoEvent();

    /** Whether a recording wants such events. Costs nothing while there is no recording. */
    static boolean isOn() {
        return PROBE.isEnabled();
    }

    /**
     * A command begins.
     *
     * @param record its submission record
     */
    void begin(long record, long nanos) {
        long command = SubmissionRecord.opcodeAndNamespace(record);
        opcodeValue = (int) command & 0xFF;
        namespace = (int) (command >>> 32);
        startingLba = SubmissionRecord.startingLba(record);
        startNanos = nanos;
        isUnderWay = true;
        begin();
    }

    /** The command has ended: commits it if it was slow or failed. */
    void end(int completion, long nanos, long slowNanos) {
        if (!isUnderWay) {
            return;
        }
        isUnderWay = false;
        end();
        if ((completion != 0 || nanos - startNanos >= slowNanos) && shouldCommit()) {
            opcode = nameOf(opcodeValue);
            status = describe(completion);
            commit();
        }
    }

    private static String nameOf(int opcode) {
        return NvmOpcode.fromValue(opcode)
                .map(NvmOpcode::name)
                .orElseGet(() -> "opcode %02Xh".formatted(opcode));
    }

    private static String describe(int completion) {
        int errno = CompletionStatus.errno(completion);
        return errno == 0 ? Status.of(completion).toString() : Errno.describe(errno);
    }
}
