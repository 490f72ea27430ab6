// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

/** How results are printed. Constants are named as they are written on the command line. */
enum OutputFormat {
    /** Tables for people. */
    normal,
    /** One JSON document. */
    json
}
