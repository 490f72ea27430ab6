// SPDX-License-Identifier: Apache-2.0
/**
 * A {@link io.nvme4j.cli.doctor.check.Check} looks at one thing of a {@link
 * io.nvme4j.cli.doctor.situation.Situation}, and makes findings.
 */
@NullMarked
package io.nvme4j.cli.doctor.check;

import org.jspecify.annotations.NullMarked;
