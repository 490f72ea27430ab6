// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.admin;

import java.lang.foreign.MemorySegment;

/**
 * What the controller has answered.
 *
 * @param status the status field; 0 for success
 * @param result DW0 of the completion queue entry
 * @param data what the caller wanted of it, if the command succeeded; else empty
 */
public record AdminReply(int status, int result, MemorySegment data) {}
