/**
 * What a transfer becomes: the rules of a controller and its transport, and the plan of commands
 * and data pointers that follows from them; and which writes of a namespace are atomic or fast.
 * Values alone, without behaviour of a controller's.
 */
@NullMarked
package io.nvme4j.map;

import org.jspecify.annotations.NullMarked;
