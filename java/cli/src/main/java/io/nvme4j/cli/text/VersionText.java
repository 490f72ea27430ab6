// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.text;

import picocli.CommandLine.IVersionProvider;

import java.util.Objects;

/** What {@code --version} prints. */
public final class VersionText implements IVersionProvider {
    /** The version in the jar's manifest. */
    public static String version() {
        return Objects.requireNonNullElse(
                VersionText.class.getPackage().getImplementationVersion(), "unpackaged");
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "nvme4j " + version(),
            "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
        };
    }
}
