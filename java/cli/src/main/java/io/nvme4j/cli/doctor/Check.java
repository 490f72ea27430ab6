// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor;

import java.util.List;

/** Looks at one thing. */
@FunctionalInterface
interface Check {
    /**
     * What there is to say of it: at least one finding. What that means for the transports that are
     * wanted is for {@link Diagnosis} to say.
     */
    List<Finding> look(Situation situation);
}
