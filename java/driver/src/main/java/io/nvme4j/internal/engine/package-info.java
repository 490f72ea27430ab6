// SPDX-License-Identifier: Apache-2.0
/**
 * What carries an engine's requests out: a {@code LaneRing} and a {@code Lane} for each queue pair,
 * and the {@code Reactor}s that run them. It knows nothing of the interfaces that requests come
 * from.
 */
@NullMarked
package io.nvme4j.internal.engine;

import org.jspecify.annotations.NullMarked;
