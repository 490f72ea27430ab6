// SPDX-License-Identifier: Apache-2.0

/** The nvme4j command: a caller of the driver like any other, which sees what that exports. */
module io.nvme4j.cli {
    requires com.fasterxml.jackson.jr.ob;
    requires info.picocli;
    requires HdrHistogram;
    requires io.nvme4j;
    requires java.management;
    requires static org.jspecify;
}
