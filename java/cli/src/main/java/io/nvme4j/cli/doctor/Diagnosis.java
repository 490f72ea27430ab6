// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import io.nvme4j.cli.doctor.check.Finding;
import io.nvme4j.cli.doctor.check.Verdict;
import io.nvme4j.cli.doctor.situation.Goal;
import io.nvme4j.cli.doctor.situation.Transport;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All findings, judged by what is wanted.
 *
 * @param findings in the order of the checks
 * @param obstacles for each transport, the subjects of what keeps it from working; none: it works
 */
public record Diagnosis(List<Finding> findings, Map<Transport, List<String>> obstacles) {
    static Diagnosis of(Goal goal, List<Finding> found) {
        Map<Transport, List<String>> obstacles = new TreeMap<>();
        for (Transport transport : Transport.values()) {
            obstacles.put(
                    transport,
                    found.stream()
                            .filter(finding -> keeps(finding, transport))
                            .map(Finding::subject)
                            .distinct()
                            .toList());
        }
        List<Finding> findings = found.stream().map(finding -> judge(goal, finding)).toList();
        return new Diagnosis(findings, Collections.unmodifiableMap(obstacles));
    }

    private static boolean keeps(Finding finding, Transport transport) {
        return finding.transports().contains(transport)
                && (finding.verdict() == Verdict.ERROR
                        || finding.verdict() == Verdict.NOT_APPLICABLE);
    }

    /** What matters to nothing that is wanted is no error; and nothing at all if one was named. */
    private static Finding judge(Goal goal, Finding finding) {
        boolean bad = finding.verdict() == Verdict.ERROR || finding.verdict() == Verdict.WARNING;
        if (!bad || !Collections.disjoint(finding.transports(), goal.transports())) {
            return finding;
        }
        return finding.as(goal.id().isPresent() ? Verdict.NOT_APPLICABLE : Verdict.WARNING);
    }

    /** Whether what is wanted can be attached to, as far as can be told without trying. */
    public boolean isWell() {
        return findings.stream().noneMatch(finding -> finding.verdict() == Verdict.ERROR);
    }
}
