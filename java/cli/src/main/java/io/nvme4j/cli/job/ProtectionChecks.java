// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.Protection;
import io.nvme4j.ProtectionFormat;
import io.nvme4j.ProtectionInformation.Part;
import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.option.Units;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is done with the protection information of namespaces that have it.
 *
 * @param action whether the controller makes and removes it (PRACT)
 * @param checked parts that are checked
 * @param tag application tag of each block that a job writes
 * @param tagMask bits of it that are checked
 */
public record ProtectionChecks(boolean action, Set<Part> checked, int tag, int tagMask) {
    /** It is neither made nor checked by the controller. */
    public static final ProtectionChecks NONE = new ProtectionChecks(false, Set.of(), 0, 0);

    private static final int USUAL_TAG = 0x1234;

    private static final int WHOLE_TAG = 0xFFFF;

    /** By the names that fio has for them. */
    private static final Map<String, Part> CHECKS =
            Map.of(
                    "GUARD", Part.GUARD,
                    "REFTAG", Part.REFERENCE_TAG,
                    "APPTAG", Part.APPLICATION_TAG);

    /** Keeps its own copy of the set. */
    public ProtectionChecks {
        checked = Set.copyOf(checked);
    }

    /** Of fio's options pi_act, pi_chk, apptag and apptag_mask. */
    public static ProtectionChecks read(Settings settings) {
        return new ProtectionChecks(
                settings.flag("pi_act", false),
                settings.read("pi_chk", Set.of(), ProtectionChecks::checks),
                tag(settings, "apptag", USUAL_TAG),
                tag(settings, "apptag_mask", WHOLE_TAG));
    }

    private static int tag(Settings settings, String name, int otherwise) {
        return settings.read(
                name,
                otherwise,
                setting -> {
                    int value = Units.integer(setting);
                    if (value < 0 || value > WHOLE_TAG) {
                        throw setting.wrong("an application tag has 16 bits: 0 to 0xffff");
                    }
                    return value;
                });
    }

    private static Set<Part> checks(Setting setting) {
        List<String> checks = List.of(setting.value().toUpperCase(Locale.ROOT).split("[,|]", -1));
        if (!CHECKS.keySet().containsAll(checks)) {
            throw setting.wrong("it is some of GUARD, REFTAG and APPTAG, as in GUARD,REFTAG");
        }
        return checks.stream().map(CHECKS::get).collect(Collectors.toUnmodifiableSet());
    }

    /** What of it makes sense where blocks have this protection information. */
    public ProtectionChecks fitting(ProtectionFormat format) {
        if (!format.isPresent()) {
            return NONE;
        }
        Set<Part> fitting = new HashSet<>(checked);
        fitting.retainAll(format.checkable());
        return new ProtectionChecks(action, fitting, tag, tagMask);
    }

    /** Whether anything is checked. */
    public boolean any() {
        return !checked.isEmpty();
    }

    /** Of a command that begins at a block, with tags as Type 1 has them. */
    public Protection of(long startingLba) {
        return new Protection(action, checked, startingLba & 0xFFFF_FFFFL, tag, tagMask);
    }
}
