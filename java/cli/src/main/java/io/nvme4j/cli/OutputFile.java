// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.error.NvmeException;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/** Writes a file that a run leaves: all of it, or none. */
final class OutputFile {
    private OutputFile() {}

    /**
     * Checks, before there is anything to write, that it could be written.
     *
     * @throws IllegalArgumentException if not; the message names it
     */
    static void check(Path file) {
        if (file.toString().isEmpty()) {
            throw new IllegalArgumentException("the name of an output file is empty");
        }
        Path directory = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file);
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a directory: name a file in it");
        }
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException(
                    file + " can't be written: there is no directory " + directory);
        }
        if (!Files.isWritable(Files.exists(file) ? file : directory)) {
            throw new IllegalArgumentException(file + " can't be written: no permission");
        }
    }

    /**
     * Writes it.
     *
     * @throws NvmeException if that fails; then it is gone, rather than cut off somewhere
     */
    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            remove(file);
            throw new NvmeException(file + " can't be written: " + reason(e));
        }
    }

    private static void remove(Path file) {
        try {
            if (Files.isRegularFile(file)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            // What made the writing fail is told, and is what matters.
        }
    }

    /** What the kernel says, without the file's name, where the JDK tells that apart. */
    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "its directory is gone";
        }
        String reason = e instanceof FileSystemException failed ? failed.getReason() : null;
        return reason != null ? reason : Objects.toString(e.getMessage(), e.toString());
    }
}
