// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

/**
 * How busy one of the machine's processors was, with whatever.
 *
 * @param user percentage of time in user mode
 * @param system percentage of time in the kernel
 */
public record CoreUse(int number, double user, double system) {
    public double busy() {
        return user + system;
    }
}
