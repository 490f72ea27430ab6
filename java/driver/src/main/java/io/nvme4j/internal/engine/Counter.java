// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A number that one thread keeps and any thread reads, at the price of a plain field. */
public final class Counter {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through VALUE
    private long value;

    void add(long count) {
        VALUE.setOpaque(this, (long) VALUE.get(this) + count);
    }

    void set(long number) {
        VALUE.setOpaque(this, number);
    }

    public long get() {
        return (long) VALUE.getOpaque(this);
    }
}
