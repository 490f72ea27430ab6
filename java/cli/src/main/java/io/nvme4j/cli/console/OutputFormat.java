// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.console;

/** How results are printed. Constants are named as they are written on the command line. */
public enum OutputFormat {
    /** Tables for people. */
    normal,
    /** One JSON document. */
    json
}
