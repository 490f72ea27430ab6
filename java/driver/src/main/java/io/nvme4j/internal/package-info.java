/**
 * The way from the engine to what {@code io.nvme4j} keeps from callers, and what of that package
 * needs no more than exported ones.
 */
@NullMarked
package io.nvme4j.internal;

import org.jspecify.annotations.NullMarked;
