// SPDX-License-Identifier: Apache-2.0
/** What the checks look at: the machine, who asks, what for, and how commands are written there. */
@NullMarked
package io.nvme4j.cli.doctor.situation;

import org.jspecify.annotations.NullMarked;
