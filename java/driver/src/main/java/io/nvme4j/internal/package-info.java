/** The way from the engine to what {@code io.nvme4j} keeps from callers. */
@NullMarked
package io.nvme4j.internal;

import org.jspecify.annotations.NullMarked;
