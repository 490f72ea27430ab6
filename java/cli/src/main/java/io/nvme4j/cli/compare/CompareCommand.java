// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.compare;

import io.nvme4j.cli.console.ExitCode;
import io.nvme4j.cli.console.Subcommand;
import io.nvme4j.cli.text.TextTable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@code nvme4j compare}: runs beside each other. */
@Command(
        name = "compare",
        description = {
            "Compares runs that were written as JSON: ratios, and whether they are noise.",
            "",
            "Of two files the first is a, the second b. Several runs of each side stand on both"
                    + " sides of the word vs. Documents of fio's can be compared too."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nNotes:%n",
        footer = {
            "With several runs of each side the interval of a ratio is Welch's, of 95 %%, from run"
                + " to run: noise or differs. With one run of each it is from what varies inside of"
                + " them: noise or perhaps, as it knows nothing of what changes from run to run."
                + " Where that matters, run both three times or more, in turns.",
            "",
            "Examples:",
            "  nvme4j bench -q 32 --output-format=json --output a.json",
            "  nvme4j bench -q 64 --output-format=json --output b.json",
            "  nvme4j compare a.json b.json",
            "  nvme4j compare a1.json a2.json a3.json vs b1.json b2.json b3.json"
        })
public final class CompareCommand extends Subcommand {
    private static final String SEPARATOR = "vs";

    @Parameters(
            arity = "2..*",
            paramLabel = "<file.json>",
            description = "Runs, by bench --output-format=json --output FILE")
    private List<String> files = List.of();

    CompareCommand() {}

    @Override
    public Integer call() {
        int separator = files.contains(SEPARATOR) ? files.indexOf(SEPARATOR) : -1;
        if (separator < 0 && files.size() != 2) {
            throw wrong(files.size() + " files: write vs between those of a and those of b");
        }
        List<String> first = separator < 0 ? files.subList(0, 1) : files.subList(0, separator);
        List<String> second = files.subList(separator < 0 ? 1 : separator + 1, files.size());
        if (first.isEmpty() || second.isEmpty()) {
            throw wrong("there is no file on one side of vs");
        }
        print(new Comparison(read(first), read(second)), first, second);
        return ExitCode.OK;
    }

    private List<RunFile> read(List<String> names) {
        try {
            return names.stream().map(name -> RunFile.read(Path.of(name))).toList();
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()), e);
        }
    }

    private void print(Comparison comparison, List<String> first, List<String> second) {
        PrintWriter out = out();
        out.println("a: " + String.join(", ", first));
        out.println("b: " + String.join(", ", second));
        List<String> differences = comparison.differences();
        if (!differences.isEmpty()) {
            out.println();
            out.println("Not the same:");
            differences.forEach(difference -> out.println("  " + difference));
        }
        out.println();
        TextTable table = new TextTable("", "a", "b", "b / a", "95 % interval", "");
        comparison.lines().forEach(line -> add(table, line));
        table.print(out);
        out.println();
        out.println(
                comparison.hasSeveralRuns()
                        ? "Intervals are from run to run."
                        : "One run of a side: intervals are of noise inside the runs only. What"
                                + " changes from\nrun to run is not known: for certainty, run both"
                                + " three times or more, in turns.");
        out.flush();
    }

    private static void add(TextTable table, Comparison.Line line) {
        RatioInterval interval = line.interval();
        table.add(
                line.name(),
                number(line.a()),
                number(line.b()),
                line.isComparable() ? String.format(Locale.ROOT, "%.3f", line.ratio()) : "",
                interval == null
                        ? ""
                        : String.format(
                                Locale.ROOT, "%.3f to %.3f", interval.low(), interval.high()),
                line.verdict());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : "%.2f", value);
    }
}
