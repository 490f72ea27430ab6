// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Controllers that tell anything of themselves, as the seed has it: each command does what it can,
 * or says in a line why not. How many there are, and from which seed, the system properties {@code
 * nvme4j.hostile.devices} and {@code nvme4j.hostile.seed} say.
 */
@Timeout(600)
class HostileDeviceTest {
    private static final int DEVICES = Integer.getInteger("nvme4j.hostile.devices", 150);
    private static final int SEED = Integer.getInteger("nvme4j.hostile.seed", 1);

    /** Of a command that has done something, or that was refused. */
    private static final Set<Integer> SANE = Set.of(ExitCode.OK, ExitCode.FAILURE, ExitCode.USAGE);

    private final List<String> faults = new ArrayList<>();
    private int worked;

    private void meets(int seed, String... arguments) {
        String what = "seed " + seed + ", " + String.join(" ", arguments) + ": ";
        try {
            Cli.Result result = Cli.run(arguments);
            worked += result.exitCode() == ExitCode.OK ? 1 : 0;
            if (!isSane(result)) {
                faults.add(what + result);
            }
        } catch (RuntimeException | Error e) {
            faults.add(what + e);
        }
    }

    private static boolean isSane(Cli.Result result) {
        boolean isUnexpected = result.err().contains("unexpected");
        boolean saysWhat = result.err().length() + result.out().length() > 20;
        return SANE.contains(result.exitCode()) && !isUnexpected && saysWhat;
    }

    @Test
    void eachCommandWorksOrSaysWhyNot() {
        for (int seed = SEED; seed < SEED + DEVICES; seed++) {
            String id = "trtype:EMBEDDED size:1M overrides:random seed:" + seed;
            meets(seed, "identify", "-r", id);
            meets(seed, "list", "-r", id);
            meets(seed, "doctor", "-r", id);
            meets(seed, "bench", "-t", "1", "-a", "0", "-r", id, "-d", "50");
        }
        System.out.printf(
                "seeds %d to %d: %d of %d commands worked%n",
                SEED, SEED + DEVICES - 1, worked, 4 * DEVICES);
        assertEquals(List.of(), faults);
        assertTrue(worked > DEVICES, worked + " commands worked");
    }
}
