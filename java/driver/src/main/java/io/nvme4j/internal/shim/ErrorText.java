// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.error.ShimException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The one place where a negative errno and its line of text become an exception. */
final class ErrorText {
    private static final int SIZE = 1024;

    private ErrorText() {}

    /** A native call that leaves a line of text when it fails. */
    @FunctionalInterface
    interface Call {
        /** Makes the call with memory of {@code arena}, which ends with it. */
        int invoke(Arena arena, MemorySegment text, long size);
    }

    /** Makes the call and returns what it returned; throws where that is negative. */
    static int call(String what, Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(SIZE);
            int code = call.invoke(arena, text, SIZE);
            if (code < 0) {
                throw new ShimException(what, -code, text.getString(0));
            }
            return code;
        }
    }

    /** A native call that makes something, and leaves a line of text when it fails. */
    @FunctionalInterface
    interface Making {
        /** Makes the call, which writes where the thing is to {@code handle}; as {@link Call}. */
        int invoke(Arena arena, MemorySegment handle, MemorySegment text, long size);
    }

    /** Makes the call and returns the handle of what it made; throws where it fails. */
    static MemorySegment handle(String what, Making making) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ValueLayout.ADDRESS);
            call(what, (texts, text, size) -> making.invoke(texts, handle, text, size));
            return handle.get(ValueLayout.ADDRESS, 0);
        }
    }

    /** As {@link #call}, for calls that leave a line of text when they succeed, too. */
    static String text(String what, Call call) {
        String[] line = new String[1];
        call(
                what,
                (arena, text, size) -> {
                    int code = call.invoke(arena, text, size);
                    line[0] = text.getString(0);
                    return code;
                });
        return line[0];
    }

    /** As {@link #call}, for calls that have no text. */
    static int check(String what, int code) {
        if (code < 0) {
            throw new ShimException(what, -code, "");
        }
        return code;
    }
}
