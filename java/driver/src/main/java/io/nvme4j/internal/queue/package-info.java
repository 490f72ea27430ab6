/**
 * What the public queues are made of: the records that cross the boundary to C, and the command
 * slots of a queue pair.
 *
 * <p>May use {@code .memory}, {@code .shim}, {@code .error} and {@code .spec}; knows nothing of
 * controllers, namespaces or handlers.
 */
@NullMarked
package io.nvme4j.internal.queue;

import org.jspecify.annotations.NullMarked;
