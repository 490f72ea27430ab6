// SPDX-License-Identifier: Apache-2.0
/** The memory of I/Os: what writes have in it, and in which pieces it lies. */
@NullMarked
package io.nvme4j.cli.run.data;

import org.jspecify.annotations.NullMarked;
