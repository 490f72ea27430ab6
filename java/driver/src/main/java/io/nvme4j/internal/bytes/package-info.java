/**
 * What reads and writes of bytes have beside an engine's commands: who writes which blocks, and
 * buffers for blocks that are written in part. {@link io.nvme4j.engine.ByteIo} is made of it.
 */
@NullMarked
package io.nvme4j.internal.bytes;

import org.jspecify.annotations.NullMarked;
