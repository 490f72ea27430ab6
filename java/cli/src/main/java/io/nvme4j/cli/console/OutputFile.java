// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.console;

import io.nvme4j.cli.text.Reason;
import io.nvme4j.error.NvmeException;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a file that a run leaves: all of it, or it stays as it was. Files are written beside, and
 * then take the place of the old one; a link goes on naming the same file. What is no plain file,
 * as a FIFO or {@code /dev/stdout}, is written into.
 */
public final class OutputFile {
    private static final Path KERNELS_OWN = Path.of("/proc");
    private static final int LINKS_MAX = 40; // as many as the kernel follows

    private OutputFile() {}

    /**
     * Checks, before there is anything to write, that it could be written.
     *
     * @throws IllegalArgumentException if not; the message names it
     */
    public static void check(Path file) {
        if (file.toString().isEmpty()) {
            throw new IllegalArgumentException("the name of an output file is empty");
        }
        Path directory = parent(target(file));
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

    /** The file behind links; of what is open in a process, the kernel's name for it. */
    public static Path target(Path file) {
        Path target = file.toAbsolutePath();
        try {
            for (int links = 0; links < LINKS_MAX; links++) {
                target = parent(target).toRealPath().resolve(target.getFileName());
                if (isKernels(target) || !Files.isSymbolicLink(target)) {
                    return target;
                }
                target = target.resolveSibling(Files.readSymbolicLink(target));
            }
        } catch (IOException e) {
            // Its directory is gone, which writing tells.
        }
        return target;
    }

    private static Path parent(Path file) {
        return Objects.requireNonNullElse(file.getParent(), file);
    }

    /** Such as /proc/self/fd/1, which /dev/stdout links to. */
    private static boolean isKernels(Path file) {
        return file.startsWith(KERNELS_OWN);
    }

    /** Whether it is a file, or will be one, and no device, FIFO or open file of a process. */
    public static boolean isPlain(Path file) {
        Path target = target(file);
        return !isKernels(target) && (Files.isRegularFile(target) || !Files.exists(target));
    }

    /**
     * Writes it.
     *
     * @throws NvmeException if that fails
     */
    public static void write(Path file, String text) {
        try {
            if (isPlain(file)) {
                replace(target(file), text);
            } else {
                Files.writeString(file, text, StandardOpenOption.APPEND);
            }
        } catch (NoSuchFileException e) {
            throw new NvmeException(file + " can't be written: its directory is gone");
        } catch (IOException e) {
            throw new NvmeException(file + " can't be written: " + Reason.of(e));
        }
    }

    private static void replace(Path file, String text) throws IOException {
        Path fresh =
                file.resolveSibling(".nvme4j-" + ThreadLocalRandom.current().nextLong(1L << 62));
        try {
            if (Files.exists(file)) {
                Files.copy(file, fresh, StandardCopyOption.COPY_ATTRIBUTES); // its owner and rights
            }
            Files.writeString(fresh, text);
            move(fresh, file, text);
        } catch (AccessDeniedException e) {
            Files.writeString(file, text); // a file of ours in a directory that isn't
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** A mount point, as containers have, and another's file in /tmp, can be written into only. */
    private static void move(Path fresh, Path file, String text) throws IOException {
        try {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.writeString(file, text);
        }
    }
}
