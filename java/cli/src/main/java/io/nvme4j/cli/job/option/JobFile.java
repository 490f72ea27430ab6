// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.option;

import io.nvme4j.cli.text.Reason;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job file of fio's: sections of {@code name=value} lines, one to a job, where {@code [global]}
 * holds what is common to the jobs after it. {@code #} and {@code ;} begin comments, {@code include
 * FILE} puts another file in place, and values may have {@link Variables} in them.
 */
public final class JobFile {
    private static final int DEEPEST_INCLUDE = 16;
    private static final Pattern SECTION = Pattern.compile("\\[(.*)]");
    private static final Pattern COMMENT = Pattern.compile("[#;].*");

    private final List<String> problems;
    private final Settings global;
    private final List<Settings> jobs = new ArrayList<>();
    private final Predicate<String> selected;
    private @Nullable Settings section;
    private boolean isLeftOut;

    private JobFile(Predicate<String> selected, List<String> problems) {
        this.selected = selected;
        this.problems = problems;
        this.global = new Settings(problems);
    }

    /**
     * Reads a file.
     *
     * @param selected which sections are read; the others are left out, whatever is in them
     * @param problems where what is wrong is added, a line each; the options that are left are
     *     returned all the same
     * @return the options of each job, those of {@code [global]} among them, in the file's order;
     *     {@code name} is the section's
     */
    public static List<Settings> read(
            Path file, Predicate<String> selected, List<String> problems) {
        JobFile reading = new JobFile(selected, problems);
        reading.readFile(file, file.toString(), 0);
        if (reading.jobs.isEmpty() && problems.isEmpty()) {
            problems.add(file + ": there is no such job in it: a job begins with [NAME]");
        }
        return reading.jobs;
    }

    private void readFile(Path file, String where, int depth) {
        List<String> lines = lines(file, where);
        for (int i = 0; i < lines.size(); i++) {
            String line = COMMENT.matcher(lines.get(i)).replaceFirst("").strip();
            if (!line.isEmpty()) {
                readLine(line, file, i + 1, depth);
            }
        }
    }

    private List<String> lines(Path file, String where) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            problems.add(where + ": there is no such file");
        } catch (MalformedInputException e) {
            problems.add(where + ": this is no text");
        } catch (IOException e) {
            problems.add(where + ": can't be read: " + Reason.of(e));
        }
        return List.of();
    }

    private void readLine(String line, Path file, int number, int depth) {
        Matcher heading = SECTION.matcher(line);
        if (line.startsWith("include ") || line.startsWith("include\t")) {
            include(line.substring("include ".length()).strip(), file, number, depth);
        } else if (heading.matches()) {
            begin(heading.group(1).strip(), file, number);
        } else if (line.startsWith("[")) {
            problems.add(file + ":" + number + ": " + line + ": a section's name ends with ]");
        } else {
            readUnlessLeftOut(line, file, number);
        }
    }

    private void readUnlessLeftOut(String line, Path file, int number) {
        if (!isLeftOut) {
            readOption(line, file, number);
        }
    }

    private void include(String name, Path file, int number, int depth) {
        if (depth == DEEPEST_INCLUDE) {
            problems.add(file + ":" + number + ": files include each other too deeply");
        } else {
            readFile(file.resolveSibling(name), file + ":" + number + ": " + name, depth + 1);
        }
    }

    private void begin(String name, Path file, int number) {
        isLeftOut = !name.equals("global") && !selected.test(name);
        if (name.equals("global")) {
            section = global;
        } else if (!isLeftOut) {
            section = global.copy().put("name", name, file + ":" + number + ": [" + name + "]");
            jobs.add(section);
        }
    }

    private void readOption(String line, Path file, int number) {
        if (section == null) {
            problems.add(
                    file
                            + ":"
                            + number
                            + ": "
                            + line
                            + ": an option belongs to a section: put [global] or [NAME] before it");
            return;
        }
        int equals = line.indexOf('=');
        String name = equals < 0 ? line : line.substring(0, equals).strip();
        String value = equals < 0 ? "1" : Variables.expand(line.substring(equals + 1).strip());
        String principal = JobOptions.principalName(name);
        // The quotes of a pattern say that it is a text.
        String bare = principal.endsWith("_pattern") ? value : withoutQuotes(value);
        Setting setting = Setting.ofFile(file.toString(), number, principal, bare);
        try {
            JobOptions.check(setting);
            section.put(setting);
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private static String withoutQuotes(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
