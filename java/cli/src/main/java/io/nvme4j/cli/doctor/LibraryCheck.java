// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import io.nvme4j.error.NvmeException;

import java.util.List;

/** Whether the native libraries load, and which they are. */
final class LibraryCheck implements Check {
    @Override
    public List<Finding> look(Situation situation) {
        return List.of(core(situation), spdk(situation));
    }

    private static Finding core(Situation situation) {
        String subject = "Native library";
        try {
            return Finding.ok("library", subject, situation.natives().load(Transport.EMBEDDED));
        } catch (NvmeException | LinkageError e) {
            return Finding.error("library", subject, String.valueOf(e.getMessage()))
                    .means("nothing works without it")
                    .mendedBy("mvn package");
        }
    }

    private static Finding spdk(Situation situation) {
        try {
            return Finding.ok("spdk", "SPDK", situation.natives().load(Transport.TCP));
        } catch (NvmeException | LinkageError e) {
            return Finding.error("spdk", "SPDK", String.valueOf(e.getMessage()))
                    .means("drives and targets are reached through SPDK 26.05")
                    .mendedBy("SPDK_DIR=<prefix that SPDK is installed in> ./nvme4j doctor")
                    .on(Transport.OF_SPDK);
        }
    }
}
