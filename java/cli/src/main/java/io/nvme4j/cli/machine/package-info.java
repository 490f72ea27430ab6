/**
 * What the machine is like, as the kernel shows it in /proc, /sys and /dev: hugepages, drives and
 * who uses them, the IOMMU, limits. Reads only. What can't be read counts as not there.
 */
@NullMarked
package io.nvme4j.cli.machine;

import org.jspecify.annotations.NullMarked;
