// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionText implements IVersionProvider {
    /** The version in the jar's manifest. */
    static String version() {
        return Objects.requireNonNullElse(
                VersionText.class.getPackage().getImplementationVersion(), "(not packaged)");
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "nvme4j " + version(),
            "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
        };
    }
}
