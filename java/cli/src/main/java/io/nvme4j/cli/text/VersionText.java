// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.text;

import picocli.CommandLine.IVersionProvider;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What {@code --version} prints. */
public final class VersionText implements IVersionProvider {
    /** The version that was built. */
    public static String version() {
        try (InputStream in = VersionText.class.getResourceAsStream("version.txt")) {
            byte[] text = Objects.requireNonNull(in).readAllBytes();
            return new String(text, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "nvme4j " + version(),
            "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
        };
    }
}
