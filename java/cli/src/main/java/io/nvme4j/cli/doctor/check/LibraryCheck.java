// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.error.NvmeException;

import java.util.List;
import java.util.regex.Pattern;

/** Whether the native libraries load, and which they are. */
public final class LibraryCheck implements Check {
    private static final String SPDK = "SPDK";

    /** Those that SPDK 26.05 starts with. */
    private static final Pattern GOOD_DPDK =
            Pattern.compile(
                    " DPDK (21\\.11\\.\\d+|22\\.0[37]\\.\\d+|22\\.11\\.[0-4]|24\\.11\\.[0-2]"
                        + "|(23\\.03|23\\.07|23\\.11|24\\.03|24\\.07|25\\.03|25\\.07|25\\.11|26\\.03)\\.0)"
                        + "(?!\\d)");

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
            String versions = situation.natives().load(Transport.TCP);
            return refusesItsDpdk(versions)
                    ? Finding.error("spdk.dpdk", SPDK, versions)
                            .means("this SPDK does not start with this DPDK")
                            .mendedBy(
                                    "build SPDK with the DPDK that comes with it (./configure"
                                            + " without --with-dpdk)",
                                    rebuild(situation))
                            .on(Transport.OF_SPDK)
                    : Finding.ok("spdk", SPDK, versions);
        } catch (NvmeException | LinkageError e) {
            return Finding.error("spdk", SPDK, String.valueOf(e.getMessage()))
                    .means("drives and targets are reached through SPDK 26.05")
                    .mendedBy(rebuild(situation))
                    .on(Transport.OF_SPDK);
        }
    }

    private static String rebuild(Situation situation) {
        return "SPDK_DIR=<prefix that SPDK is installed in> "
                + situation.commands().nvme4j("doctor");
    }

    /** What other releases of SPDK take isn't known here. */
    private static boolean refusesItsDpdk(String versions) {
        return versions.startsWith("SPDK v26.05 ") && !GOOD_DPDK.matcher(versions).find();
    }
}
