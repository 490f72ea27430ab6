/**
 * How long to wait for something, and how; and what becomes of exceptions that nobody waits for. A
 * leaf: every package may use it, and this one uses none.
 */
@NullMarked
package io.nvme4j.internal.wait;

import org.jspecify.annotations.NullMarked;
