// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.Protection;
import io.nvme4j.ProtectionFormat;
import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.option.Units;

import java.util.List;
import java.util.Locale;

/**
 * What is done with the protection information of namespaces that have it.
 *
 * @param action whether the controller makes and removes it (PRACT)
 * @param guard whether guards are checked
 * @param referenceTag whether reference tags are
 * @param applicationTag whether application tags are
 * @param tag application tag of each block that a job writes
 * @param tagMask bits of it that are checked
 */
public record ProtectionChecks(
        boolean action,
        boolean guard,
        boolean referenceTag,
        boolean applicationTag,
        int tag,
        int tagMask) {
    /** It is neither made nor checked by the controller. */
    public static final ProtectionChecks NONE =
            new ProtectionChecks(false, false, false, false, 0, 0);

    private static final int USUAL_TAG = 0x1234;

    private static final int WHOLE_TAG = 0xFFFF;

    private static final List<String> CHECKS = List.of("GUARD", "REFTAG", "APPTAG");

    /** Of fio's options pi_act, pi_chk, apptag and apptag_mask. */
    public static ProtectionChecks read(Settings settings) {
        List<String> checks = settings.read("pi_chk", List.of(), ProtectionChecks::checks);
        return new ProtectionChecks(
                settings.flag("pi_act", false),
                checks.contains("GUARD"),
                checks.contains("REFTAG"),
                checks.contains("APPTAG"),
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

    private static List<String> checks(Setting setting) {
        List<String> checks = List.of(setting.value().toUpperCase(Locale.ROOT).split("[,|]", -1));
        if (!CHECKS.containsAll(checks)) {
            throw setting.wrong("it is some of GUARD, REFTAG and APPTAG, as in GUARD,REFTAG");
        }
        return checks;
    }

    /** What of it makes sense where blocks have this protection information. */
    public ProtectionChecks fitting(ProtectionFormat format) {
        if (!format.isPresent()) {
            return NONE;
        }
        // Type 3 has no reference tags that a controller could check.
        return new ProtectionChecks(
                action, guard, referenceTag && format.type() != 3, applicationTag, tag, tagMask);
    }

    /** Whether anything is checked. */
    public boolean any() {
        return guard || referenceTag || applicationTag;
    }

    /** Of a command that begins at a block, with tags as Type 1 has them. */
    public Protection of(long startingLba) {
        return new Protection(
                action,
                guard,
                applicationTag,
                referenceTag,
                startingLba & 0xFFFF_FFFFL,
                tag,
                tagMask);
    }
}
