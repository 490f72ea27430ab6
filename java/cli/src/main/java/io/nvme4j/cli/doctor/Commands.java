// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import java.nio.file.Files;
import java.nio.file.Path;

/** How commands that mend something are written, so that they can be run as they are. */
public final class Commands {
    private static final String SETUP = "hugepages-setup";

    private final String sudo;
    private final String setup;

    /**
     * @param isRoot whether who runs them is root
     * @param setup how hugepages-setup is called
     */
    public Commands(boolean isRoot, String setup) {
        this.sudo = isRoot ? "" : "sudo ";
        this.setup = setup;
    }

    /**
     * Those for who runs this.
     *
     * @param home the checkout, or empty where there is none
     */
    public static Commands local(boolean isRoot, String home) {
        Path script = Path.of(home, SETUP, SETUP);
        if (home.isEmpty() || !Files.exists(script)) {
            return new Commands(isRoot, SETUP);
        }
        Path here = Path.of("").toAbsolutePath();
        Path shown = script.startsWith(here) ? here.relativize(script) : script;
        return new Commands(isRoot, shown.toString());
    }

    /** One of hugepages-setup. */
    String setup(String arguments) {
        return sudo + setup + " " + arguments;
    }

    /** One that root runs. */
    String asRoot(String command) {
        return sudo + command;
    }

    /** One that writes to a file of the kernel's. */
    String write(String text, String file) {
        return sudo.isEmpty()
                ? "echo " + text + " > " + file
                : "echo " + text + " | sudo tee " + file;
    }
}
