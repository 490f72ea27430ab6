// SPDX-License-Identifier: Apache-2.0
/** Pseudo-random numbers. */
@NullMarked
package io.nvme4j.cli.load.random;

import org.jspecify.annotations.NullMarked;
