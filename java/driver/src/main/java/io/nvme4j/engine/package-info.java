// SPDX-License-Identifier: Apache-2.0
/**
 * Queue pairs that many threads share: {@link io.nvme4j.engine.Engine} and its interfaces.
 *
 * <p>The road of a command: {@code CallbackIo} writes it into a record of a {@code LaneRing}; the
 * {@code Lane}, which a {@code Reactor} runs, gives it a slot of its queue pair, has the data
 * pointer written, and exchanges a batch with C; the handler is told from there.
 */
@NullMarked
package io.nvme4j.engine;

import org.jspecify.annotations.NullMarked;
