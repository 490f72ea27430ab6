// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import java.util.List;
import java.util.Objects;

/**
 * Where the power was cut.
 *
 * @param marks what the workload had marked before, in order; its last promises are among them
 */
public record CrashPoint(List<Object> marks) {
    /**
     * Whether something was marked before the cut.
     *
     * @param value as {@link CrashLog#mark} was given it
     * @return whether it is among the marks
     */
    public boolean has(Object value) {
        return marks.contains(Objects.requireNonNull(value, "value"));
    }
}
