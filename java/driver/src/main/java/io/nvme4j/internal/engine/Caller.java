// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import io.nvme4j.CompletionHandler;

/**
 * Who is told of a request.
 *
 * @param sequence the request's in its ring
 * @param deadline by {@link System#nanoTime}, or 0
 */
public record Caller(CompletionHandler handler, long tag, long sequence, long deadline) {}
