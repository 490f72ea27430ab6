// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Why something can't be read or written, in words that follow the file's name. */
public final class Reason {
    private Reason() {}

    /** What the kernel says, without the file's name, where the JDK tells that apart. */
    public static String of(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "no permission";
        }
        if (e instanceof CharacterCodingException) {
            return "this is no text";
        }
        String reason = e instanceof FileSystemException failed ? failed.getReason() : null;
        return reason != null
                ? reason
                : Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }
}
