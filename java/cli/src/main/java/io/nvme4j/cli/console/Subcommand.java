// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.console;

import io.nvme4j.TransportId;
import io.nvme4j.cli.text.VersionText;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** What all subcommands have: a version, where they print, and how they refuse arguments. */
@Command(versionProvider = VersionText.class, sortOptions = false)
public abstract class Subcommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** For its subclasses. */
    protected Subcommand() {}

    /** How it was called. */
    protected final CommandSpec spec() {
        return spec;
    }

    /** For results. */
    protected final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Tells of something on stderr. */
    protected final void tell(String message) {
        spec.commandLine().getErr().println("nvme4j: " + message);
    }

    /** What is to be thrown where arguments are wrong. */
    protected final ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** The same, of something that was thrown. */
    protected final ParameterException wrong(String message, Throwable cause) {
        return new ParameterException(spec.commandLine(), message, cause);
    }

    /**
     * Reads what was given as -r. The namespace in it is the command's own matter, and checked; the
     * rest is the library's.
     *
     * @throws ParameterException if ns is no namespace identifier
     */
    protected final TransportId transportId(String text) {
        TransportId id = new TransportId(text);
        try {
            id.namespaceId();
            return id;
        } catch (IllegalArgumentException e) {
            throw wrong("-r: " + e.getMessage(), e);
        }
    }
}
