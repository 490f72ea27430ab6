// SPDX-License-Identifier: Apache-2.0
/**
 * Which threads and queue pairs a run has and what each does, decided and checked before anything
 * runs; and whether what it would overwrite may be.
 */
@NullMarked
package io.nvme4j.cli.run.plan;

import org.jspecify.annotations.NullMarked;
