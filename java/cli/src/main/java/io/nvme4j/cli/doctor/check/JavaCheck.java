// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import io.nvme4j.cli.doctor.situation.JavaRuntime;
import io.nvme4j.cli.doctor.situation.Situation;

import java.util.ArrayList;
import java.util.List;

/** The JDK and its options. */
public final class JavaCheck implements Check {
    /** The release that the library is compiled for. */
    private static final int RELEASE = 25;

    /** Options under which code is interpreted, or compiled badly. */
    private static final List<String> SLOW = List.of("-Xint", "-XX:TieredStopAtLevel=", "-Xcomp");

    @Override
    public List<Finding> look(Situation situation) {
        JavaRuntime java = situation.java();
        List<Finding> findings = new ArrayList<>();
        findings.add(release(situation));
        if (!java.nativeAccess()) {
            findings.add(
                    Finding.warning("java.native-access", "Java", "native access is not enabled")
                            .means("later JDKs refuse to load the library then, this one warns")
                            .mendedBy("java --enable-native-access=ALL-UNNAMED ..."));
        }
        for (String option : java.arguments()) {
            if (SLOW.stream().anyMatch(option::startsWith)) {
                findings.add(slow(option));
            } else if (option.startsWith("-agentlib:jdwp") || option.startsWith("-javaagent:")) {
                findings.add(slow(option.replaceFirst("[=:].*", "")));
            }
        }
        return findings;
    }

    private static Finding release(Situation situation) {
        JavaRuntime java = situation.java();
        String seen = "JDK " + java.version() + " in " + java.home();
        return java.feature() >= RELEASE
                ? Finding.ok("java.version", "Java", seen)
                : Finding.error("java.version", "Java", seen)
                        .means("nvme4j needs JDK " + RELEASE + " or later")
                        .mendedBy(
                                "NVME4J_JAVA_HOME=<directory of JDK 25> "
                                        + situation.commands().nvme4j("doctor"));
    }

    private static Finding slow(String option) {
        return Finding.warning("java.flags", "Java", "runs with " + option)
                .means("figures that are measured so are not those of the library")
                .mendedBy("take " + option + " out of NVME4J_JAVA_OPTS and JAVA_TOOL_OPTIONS");
    }
}
