// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.situation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** How commands that mend something are written, so that they can be run as they are. */
public final class Commands {
    private static final String SETUP = "hugepages-setup";
    private static final String NVME4J = "nvme4j";

    /** What a shell takes as it is, anywhere in a word. */
    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    private final String sudo;
    private final String setup;
    private final String nvme4j;

    /**
     * @param isRoot whether who runs them is root
     * @param setup how hugepages-setup is called
     * @param nvme4j how nvme4j is called
     */
    public Commands(boolean isRoot, String setup, String nvme4j) {
        this.sudo = isRoot ? "" : "sudo ";
        this.setup = setup;
        this.nvme4j = nvme4j;
    }

    /**
     * Those for who runs this, where this runs.
     *
     * @param home the checkout, or empty where there is none
     */
    public static Commands local(boolean isRoot, String home) {
        Path script = Path.of(home, SETUP, SETUP);
        return home.isEmpty() || !Files.exists(script)
                ? new Commands(isRoot, SETUP, NVME4J)
                : new Commands(isRoot, shown(script), shown(Path.of(home, NVME4J)));
    }

    /** From the working directory, where that is at or above it. */
    private static String shown(Path script) {
        Path here = Path.of("").toAbsolutePath();
        if (!script.startsWith(here)) {
            return quoted(script.toString());
        }
        Path relative = here.relativize(script);
        return quoted(relative.getNameCount() == 1 ? "./" + relative : relative.toString());
    }

    /** A word for a shell. */
    public static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** One of hugepages-setup. */
    public String setup(String arguments) {
        return sudo + setup + " " + arguments;
    }

    /** One of nvme4j. */
    public String nvme4j(String arguments) {
        return nvme4j + " " + arguments;
    }

    /** One that root runs. */
    public String asRoot(String command) {
        return sudo + command;
    }

    /** One that writes to a file of the kernel's. */
    public String write(String text, String file) {
        return sudo.isEmpty() ? "echo " + text + " > " + file : writeAll(text, file);
    }

    /** One that writes to each of the files that a pattern names. */
    public String writeAll(String text, String pattern) {
        return "echo " + text + " | " + sudo + "tee " + pattern;
    }
}
