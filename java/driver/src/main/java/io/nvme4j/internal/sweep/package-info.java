// SPDX-License-Identifier: Apache-2.0

/**
 * What power cuts may leave of what a drive was asked to do, and checks of all that: a {@code
 * Recording} has {@code Points}, each of these {@code Choices}, and a {@code Sweep} has each image
 * once held by a {@code Fork}. Knows neither drives nor commands but by these names.
 */
@NullMarked
package io.nvme4j.internal.sweep;

import org.jspecify.annotations.NullMarked;
