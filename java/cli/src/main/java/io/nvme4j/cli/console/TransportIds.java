// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.console;

import io.nvme4j.TransportId;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Transport ids from the command line. */
public final class TransportIds {
    private TransportIds() {}

    /**
     * Checks the part of it that is the command's own, the namespace; the rest is for the library.
     *
     * @throws ParameterException if ns is no namespace identifier
     */
    public static TransportId of(CommandSpec spec, String text) {
        TransportId id = new TransportId(text);
        try {
            id.namespaceId();
            return id;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "-r: " + e.getMessage(), e);
        }
    }
}
