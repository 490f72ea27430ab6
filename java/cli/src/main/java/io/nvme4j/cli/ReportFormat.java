// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.cli.report.FioReport;
import io.nvme4j.cli.report.TerseReport;
import io.nvme4j.cli.report.TextReport;
import io.nvme4j.cli.result.RunResult;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.io.PrintWriter;
import java.time.ZonedDateTime;

/** How a benchmark's result is printed, by the names that fio has for it. */
enum ReportFormat {
    /** Tables for people. */
    NORMAL("normal"),
    /** Fio's JSON document. */
    JSON("json"),
    /** The same with the distributions of latencies. */
    JSON_PLUS("json+"),
    /** Fio's lines of fields, version 3. */
    TERSE("terse");

    private final String text;

    ReportFormat(String text) {
        this.text = text;
    }

    /**
     * Prints a result.
     *
     * @param begin when the command began
     */
    void print(PrintWriter out, RunResult result, ZonedDateTime begin) {
        switch (this) {
            case NORMAL -> TextReport.print(out, result);
            case JSON -> out.println(new FioReport(result, begin, false).document());
            case JSON_PLUS -> out.println(new FioReport(result, begin, true).document());
            case TERSE -> out.println(new TerseReport(result).document());
        }
        out.flush();
    }

    /** By name. */
    static final class Converter implements ITypeConverter<ReportFormat> {
        Converter() {}

        @Override
        public ReportFormat convert(String value) {
            for (ReportFormat format : values()) {
                if (format.text.equalsIgnoreCase(value)) {
                    return format;
                }
            }
            throw new TypeConversionException(
                    "expected one of [normal, json, json+, terse] but was '" + value + "'");
        }
    }
}
