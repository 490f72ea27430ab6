// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

/**
 * What a controller and its transport take at most. It doesn't change while it is attached.
 *
 * @param transferSize bytes that one command moves: the smaller of MDTS (Identify Controller) and
 *     what the transport can do; longer transfers are split
 * @param queueDepth commands that a queue pair can have in flight
 * @param standby commands that can wait in a queue pair for a place
 * @param queuePairs I/O queue pairs that the controller granted to this process (Set Features,
 *     Number of Queues)
 */
public record Limits(long transferSize, int queueDepth, int standby, int queuePairs) {}
