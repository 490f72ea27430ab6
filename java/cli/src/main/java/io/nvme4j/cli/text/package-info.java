// SPDX-License-Identifier: Apache-2.0
/** How numbers, tables and documents are written. Knows nothing of what they are about. */
@NullMarked
package io.nvme4j.cli.text;

import org.jspecify.annotations.NullMarked;
