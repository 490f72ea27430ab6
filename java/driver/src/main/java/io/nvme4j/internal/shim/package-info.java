/**
 * The way into the native library: loading and checking it, and its functions as methods that
 * throw.
 *
 * <p>Owns the bindings in {@code io.nvme4j.internal.shim.generated}, which jextract makes from
 * {@code nvme4j.h}; no other package touches them.
 */
@NullMarked
package io.nvme4j.internal.shim;

import org.jspecify.annotations.NullMarked;
