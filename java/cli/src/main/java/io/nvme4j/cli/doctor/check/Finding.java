// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import io.nvme4j.cli.doctor.situation.Transport;

import java.util.List;
import java.util.Set;

/**
 * What a check found.
 *
 * @param id names the kind of finding to programs, as in {@code hugepages.free}
 * @param subject names it to people
 * @param verdict how it is; ERROR keeps {@code transports} from working
 * @param seen what is there
 * @param meaning why that matters, or empty
 * @param commands what mends it, each a command line or, where there is none, an instruction
 * @param transports what it matters to; of NOT_APPLICABLE, what can't be on this machine
 */
public record Finding(
        String id,
        String subject,
        Verdict verdict,
        String seen,
        String meaning,
        List<String> commands,
        Set<Transport> transports) {
    static Finding ok(String id, String subject, String seen) {
        return of(id, subject, Verdict.OK, seen);
    }

    static Finding warning(String id, String subject, String seen) {
        return of(id, subject, Verdict.WARNING, seen);
    }

    static Finding error(String id, String subject, String seen) {
        return of(id, subject, Verdict.ERROR, seen);
    }

    static Finding notApplicable(String id, String subject, String seen) {
        return of(id, subject, Verdict.NOT_APPLICABLE, seen).on(Set.of());
    }

    private static Finding of(String id, String subject, Verdict verdict, String seen) {
        return new Finding(id, subject, verdict, seen, "", List.of(), Transport.ALL);
    }

    /** The same, with why it matters. */
    Finding means(String text) {
        return new Finding(id, subject, verdict, seen, text, commands, transports);
    }

    /** The same, with what mends it. */
    Finding mendedBy(String... lines) {
        return new Finding(id, subject, verdict, seen, meaning, List.of(lines), transports);
    }

    /** The same, for some transports only. */
    Finding on(Set<Transport> some) {
        return new Finding(id, subject, verdict, seen, meaning, commands, Set.copyOf(some));
    }

    /** The same, judged otherwise. */
    public Finding as(Verdict other) {
        return new Finding(id, subject, other, seen, meaning, commands, transports);
    }
}
