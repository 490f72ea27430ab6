/**
 * Carries admin commands out: many at once, each with a time limit of its own, through memory of
 * the library's own that is kept until the controller has ended the command. Knows nothing of what
 * the commands mean.
 */
@NullMarked
package io.nvme4j.internal.admin;

import org.jspecify.annotations.NullMarked;
