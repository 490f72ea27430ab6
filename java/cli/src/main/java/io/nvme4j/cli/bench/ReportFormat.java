// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

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

    /** What completion offers. */
    @Override
    public String toString() {
        return text;
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
