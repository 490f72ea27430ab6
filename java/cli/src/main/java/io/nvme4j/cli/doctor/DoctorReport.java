// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import io.nvme4j.cli.doctor.check.Finding;
import io.nvme4j.cli.doctor.check.Verdict;
import io.nvme4j.cli.doctor.situation.Goal;
import io.nvme4j.cli.doctor.situation.Transport;

import picocli.CommandLine.Help.ColorScheme;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A diagnosis for people, and for programs.
 *
 * @param goal what it was made for
 */
public record DoctorReport(Goal goal, Diagnosis diagnosis) {
    private static final Map<Verdict, String> STYLES =
            Map.of(
                    Verdict.OK, "green",
                    Verdict.WARNING, "yellow",
                    Verdict.ERROR, "bold,red",
                    Verdict.NOT_APPLICABLE, "faint");

    private static final int VERDICT_WIDTH = 9;

    /** Prints one line for each finding, and for bad ones what they mean and what mends them. */
    public void print(PrintWriter out, ColorScheme colors) {
        int width =
                diagnosis.findings().stream()
                        .mapToInt(finding -> finding.subject().length())
                        .max()
                        .orElse(0);
        for (Finding finding : diagnosis.findings()) {
            print(out, colors, finding, width + 2);
        }
        out.println();
        if (goal.id().isEmpty()) {
            printTransports(out, colors);
            out.println();
        }
        out.println(conclusion());
    }

    private void print(PrintWriter out, ColorScheme colors, Finding finding, int width) {
        out.println(
                "  "
                        + colored(colors, finding.verdict(), finding.verdict().toString())
                        + " ".repeat(VERDICT_WIDTH - finding.verdict().toString().length())
                        + finding.subject()
                        + " ".repeat(width - finding.subject().length())
                        + finding.seen());
        if (!isBad(finding)) {
            return;
        }
        String indent = " ".repeat(2 + VERDICT_WIDTH + width);
        if (!finding.meaning().isEmpty()) {
            out.println(indent + finding.meaning() + scope(finding));
        }
        for (String command : finding.commands()) {
            out.println(indent + "> " + colors.ansi().new Text("@|bold " + escape(command) + "|@"));
        }
    }

    /** What a warning does not touch: the reason why it is none worse. */
    private String scope(Finding finding) {
        boolean embedded = finding.transports().contains(Transport.EMBEDDED);
        return finding.verdict() == Verdict.WARNING && !embedded ? " (not for EMBEDDED)" : "";
    }

    private static boolean isBad(Finding finding) {
        return finding.verdict() == Verdict.ERROR || finding.verdict() == Verdict.WARNING;
    }

    private static String colored(ColorScheme colors, Verdict verdict, String text) {
        return colors.ansi().new Text("@|" + STYLES.get(verdict) + " " + text + "|@").toString();
    }

    /** Without what picocli would take for the end of a styled text. */
    private static String escape(String text) {
        return text.replace("|@", "| @");
    }

    private void printTransports(PrintWriter out, ColorScheme colors) {
        out.println("Transports");
        for (Map.Entry<Transport, List<String>> entry : diagnosis.obstacles().entrySet()) {
            boolean works = entry.getValue().isEmpty();
            String name = entry.getKey().name();
            out.println(
                    "  "
                            + name
                            + " ".repeat(VERDICT_WIDTH - name.length())
                            + (works
                                    ? colored(colors, Verdict.OK, "can be used")
                                    : "not now: " + String.join(", ", entry.getValue())));
        }
    }

    private String conclusion() {
        String target = goal.id().map(Object::toString).orElse("nvme4j");
        return target + ": " + counted(Verdict.ERROR, "no errors") + counted(Verdict.WARNING, "");
    }

    private String counted(Verdict verdict, String none) {
        long count = count(verdict);
        String comma = verdict == Verdict.WARNING ? ", " : "";
        return count == 0 ? none : comma + count + " " + verdict + (count == 1 ? "" : "s");
    }

    private long count(Verdict verdict) {
        return diagnosis.findings().stream()
                .filter(finding -> finding.verdict() == verdict)
                .count();
    }

    /** The JSON document. */
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("ok", diagnosis.isWell());
        goal.id().ifPresent(id -> document.put("transportId", id.text()));
        Map<String, Object> transports = new LinkedHashMap<>();
        diagnosis
                .obstacles()
                .forEach(
                        (transport, subjects) -> transports.put(transport.name(), toMap(subjects)));
        document.put("transports", transports);
        document.put("findings", diagnosis.findings().stream().map(DoctorReport::toMap).toList());
        return document;
    }

    private static Map<String, Object> toMap(List<String> obstacles) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("usable", obstacles.isEmpty());
        map.put("obstacles", obstacles);
        return map;
    }

    private static Map<String, Object> toMap(Finding finding) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", finding.id());
        map.put("subject", finding.subject());
        map.put("verdict", finding.verdict().toString());
        map.put("seen", finding.seen());
        map.put("meaning", finding.meaning());
        map.put("commands", finding.commands());
        map.put("transports", finding.transports().stream().sorted().map(Enum::name).toList());
        return map;
    }
}
