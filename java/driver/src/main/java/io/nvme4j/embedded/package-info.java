// SPDX-License-Identifier: Apache-2.0
/**
 * Drives of the built-in controller that live on between attaches: what they are made of, and what
 * is on them. {@link io.nvme4j.embedded.EmbeddedDrive} is where to begin; {@link
 * io.nvme4j.embedded.Fault}s go wrong on it, and {@link io.nvme4j.embedded.CrashSweep} shows what
 * power cuts do to a program. {@link io.nvme4j.embedded.EmbeddedServer} has other processes attach
 * to a controller.
 */
@NullMarked
package io.nvme4j.embedded;

import org.jspecify.annotations.NullMarked;
