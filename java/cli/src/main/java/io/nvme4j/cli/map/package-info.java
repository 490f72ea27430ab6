// SPDX-License-Identifier: Apache-2.0
/** {@code nvme4j map}: how memory becomes a command's data pointer. */
@NullMarked
package io.nvme4j.cli.map;

import org.jspecify.annotations.NullMarked;
