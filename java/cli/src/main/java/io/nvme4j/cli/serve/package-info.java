// SPDX-License-Identifier: Apache-2.0
/** {@code nvme4j serve}: an embedded controller for other processes. */
@NullMarked
package io.nvme4j.cli.serve;

import org.jspecify.annotations.NullMarked;
