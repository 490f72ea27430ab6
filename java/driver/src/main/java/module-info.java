// SPDX-License-Identifier: Apache-2.0

/** User-space NVMe: queue pairs, memory that controllers reach, and an engine for many threads. */
module io.nvme4j {
    requires com.lmax.disruptor;
    requires jdk.jfr;

    // For EngineMeters alone: whoever uses that brings it along.
    requires static micrometer.core;
    requires static transitive org.jspecify;
    requires transitive HdrHistogram;

    exports io.nvme4j;
    exports io.nvme4j.embedded;
    exports io.nvme4j.engine;
    exports io.nvme4j.error;
    exports io.nvme4j.map;
    exports io.nvme4j.memory;
    exports io.nvme4j.spec;
    exports io.nvme4j.spec.feature;
}
