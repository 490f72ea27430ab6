// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

/** Is told of what is wrong. */
@FunctionalInterface
public interface FaultHandler {
    void onFault(Fault fault);
}
