// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.map;

import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.SglSupport;

import java.util.EnumSet;
import java.util.Set;

/** Rules of made-up controllers. */
final class RulesFor {
    static final long MDTS = 1 << 20;

    private RulesFor() {}

    static MappingRules forms(SglSupport sgls, Set<DataPointerForm> forms) {
        return new MappingRules(forms, sgls, true, FakeDma.PAGE, 16, MDTS);
    }

    static MappingRules prp() {
        return forms(SglSupport.NONE, EnumSet.of(DataPointerForm.PRP));
    }

    static MappingRules sgl(SglSupport sgls) {
        return forms(sgls, EnumSet.of(DataPointerForm.SGL));
    }

    static MappingRules both(SglSupport sgls) {
        return forms(sgls, EnumSet.of(DataPointerForm.PRP, DataPointerForm.SGL));
    }

    /** As of a transport that builds data pointers itself. */
    static MappingRules addresses(SglSupport sgls, int fragments) {
        return new MappingRules(
                EnumSet.of(DataPointerForm.CONTIGUOUS, DataPointerForm.FRAGMENTS),
                sgls,
                false,
                FakeDma.PAGE,
                fragments,
                MDTS);
    }
}
