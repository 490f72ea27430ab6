// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.queue;

import io.nvme4j.internal.shim.DataForms;
import io.nvme4j.internal.shim.NativeController;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.SglSupport;
import io.nvme4j.spec.IdentifyController;

import java.util.EnumSet;
import java.util.Set;

/** What a controller and its transport say of data pointers, gathered from where they say it. */
public final class Rules {
    private Rules() {}

    /** Of commands of I/O queues. */
    public static MappingRules ofIoCommands(
            NativeController controller, IdentifyController identify) {
        int sgls = identify.sglSupport();
        return new MappingRules(
                forms(controller.dataForms()),
                SglSupport.of(sgls),
                SglSupport.takesBitBuckets(sgls),
                controller.pageSize(),
                controller.maximumFragments(),
                controller.maximumTransferSize());
    }

    /**
     * Of admin commands. SGLs are not for them over PCIe, and nothing else is known before
     * Identify.
     */
    public static MappingRules ofAdminCommands(NativeController controller) {
        return new MappingRules(
                forms(controller.adminDataForms()),
                SglSupport.NONE,
                false,
                controller.pageSize(),
                0,
                controller.maximumTransferSize());
    }

    private static Set<DataPointerForm> forms(DataForms taken) {
        Set<DataPointerForm> forms = EnumSet.noneOf(DataPointerForm.class);
        add(forms, taken.prp(), DataPointerForm.PRP);
        add(forms, taken.sgl(), DataPointerForm.SGL);
        add(forms, taken.contiguous(), DataPointerForm.CONTIGUOUS);
        add(forms, taken.fragments(), DataPointerForm.FRAGMENTS);
        return forms;
    }

    private static void add(Set<DataPointerForm> forms, boolean taken, DataPointerForm form) {
        if (taken) {
            forms.add(form);
        }
    }
}
