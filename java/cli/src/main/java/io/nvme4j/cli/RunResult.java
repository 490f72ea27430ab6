// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import java.util.List;

/**
 * What a run measured.
 *
 * @param settings what was asked for
 * @param transport one line about each controller
 * @param rows one for each worker and namespace
 * @param nanos from the begin of the measurement to the last completion
 * @param userNanos time of all workers on processors in user mode
 * @param systemNanos time of all workers on processors in the kernel
 * @param errors commands that failed
 * @param failure what ended the run early, or empty
 * @param signal number of the signal that ended the run early, or 0
 */
record RunResult(
        BenchSettings settings,
        List<String> transport,
        List<Row> rows,
        long nanos,
        long userNanos,
        long systemNanos,
        long errors,
        String failure,
        int signal) {
    /**
     * What one worker measured on one namespace.
     *
     * @param label names both
     */
    record Row(String label, Latencies reads, Latencies writes) {}

    /** All rows in one. */
    Row total() {
        Latencies reads = new Latencies();
        Latencies writes = new Latencies();
        for (Row row : rows) {
            reads.add(row.reads());
            writes.add(row.writes());
        }
        return new Row("Total", reads, writes);
    }

    /** Operations in a second. */
    double iops(Latencies latencies) {
        return nanos == 0 ? 0 : latencies.count() * 1e9 / nanos;
    }

    /** Bytes in a second. */
    double bytesPerSecond(Latencies latencies) {
        return iops(latencies) * settings.ioSize();
    }

    int exitCode() {
        if (!failure.isEmpty()) {
            return ExitCode.FAILURE;
        }
        return signal == 0 ? ExitCode.OK : ExitCode.SIGNAL + signal;
    }
}
