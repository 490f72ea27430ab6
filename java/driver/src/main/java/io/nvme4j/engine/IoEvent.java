// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.engine;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The Flight Recorder's event of a slow or failed command. */
@Name("io.nvme4j.Io")
@Label("NVMe I/O")
@Category("nvme4j")
@Description("A command that took longer than the engine's threshold, or that failed")
@StackTrace(false)
final class IoEvent extends Event {
    @Label("Opcode")
    int opcode;

    @Label("Namespace")
    int namespace;

    @Label("Starting LBA")
    long startingLba;

    @Label("Latency")
    @Description("From the submission to the completion as the reactor saw them")
    @Timespan(Timespan.NANOSECONDS)
    long latency;

    @Label("Status")
    @Description("NVMe status field, or an errno in bits 31:16")
    int status;

    /** Never committed: this is asked with every batch, for which none is to be allocated. */
    private static final IoEvent PROBE = new IoEvent();

    /** Whether a recording wants such events. Costs nothing while there is no recording. */
    static boolean isOn() {
        return PROBE.isEnabled();
    }
}
