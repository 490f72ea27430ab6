// SPDX-License-Identifier: Apache-2.0
/** {@code nvme4j list} and {@code nvme4j identify}: what there is, and what it says of itself. */
@NullMarked
package io.nvme4j.cli.look;

import org.jspecify.annotations.NullMarked;
