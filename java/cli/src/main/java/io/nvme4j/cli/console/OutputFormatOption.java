// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.console;

import picocli.CommandLine.Option;

/** How results are printed: to be mixed into subcommands. */
public final class OutputFormatOption {
    /** Constants are named as they are written on the command line. */
    private enum Format {
        /** Tables for people. */
        normal,
        /** One JSON document. */
        json
    }

    @Option(
            names = "--output-format",
            paramLabel = "<format>",
            description = "normal or json. Default: ${DEFAULT-VALUE}")
    private Format format = Format.normal;

    /** Nothing else was asked for yet. */
    public OutputFormatOption() {}

    /** Whether one JSON document is asked for, else tables. */
    public boolean isJson() {
        return format == Format.json;
    }
}
