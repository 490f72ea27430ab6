/**
 * Features of controllers and namespaces (Base Specification, "Get Features command", "Set Features
 * command"): which there are, what their values are, and how these are written in a command's dword
 * and data. {@link io.nvme4j.Features} gets and sets them.
 */
@NullMarked
package io.nvme4j.spec.feature;

import org.jspecify.annotations.NullMarked;
