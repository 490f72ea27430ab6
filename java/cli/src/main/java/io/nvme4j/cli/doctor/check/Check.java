// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import io.nvme4j.cli.doctor.situation.Situation;

import java.util.List;

/** Looks at one thing. */
@FunctionalInterface
public interface Check {
    /**
     * What there is to say of it: at least one finding. What that means for the transports that are
     * wanted is for the diagnosis to say.
     */
    List<Finding> look(Situation situation);
}
