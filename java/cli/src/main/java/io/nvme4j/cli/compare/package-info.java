// SPDX-License-Identifier: Apache-2.0
/**
 * {@code nvme4j compare}: runs beside each other, out of their JSON documents: ratios, and whether
 * they are noise.
 */
@NullMarked
package io.nvme4j.cli.compare;

import org.jspecify.annotations.NullMarked;
