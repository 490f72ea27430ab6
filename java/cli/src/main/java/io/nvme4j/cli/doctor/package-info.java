/**
 * {@code nvme4j doctor}: what of this machine keeps nvme4j from attaching to something, or slows it
 * down, and the commands that mend it. A {@link io.nvme4j.cli.doctor.check.Check} looks at one
 * thing, and makes findings; {@link io.nvme4j.cli.doctor.Diagnosis} says what they mean for the
 * transports that are wanted. Nothing here changes anything.
 */
@NullMarked
package io.nvme4j.cli.doctor;

import org.jspecify.annotations.NullMarked;
