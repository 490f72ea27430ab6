// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Stdout, which remembers why it could not be written: {@link System#out} and every {@link
 * java.io.PrintWriter} keep that to themselves.
 */
public final class StandardOutput extends OutputStream {
    private static final int SIGPIPE = 13;

    /** The bits of a file's mode that say what it is, and what they say; as in inode(7). */
    private static final int S_IFMT = 0170000;

    private static final int S_IFIFO = 0010000;
    private static final int S_IFSOCK = 0140000;

    private final OutputStream stream;
    private final BooleanSupplier hasReader;
    private String failure = "";
    private boolean readerIsGone;

    public StandardOutput() {
        this(new FileOutputStream(FileDescriptor.out), StandardOutput::isPipe);
    }

    /**
     * @param hasReader whether the stream goes to a reader that may end before it
     */
    StandardOutput(OutputStream stream, BooleanSupplier hasReader) {
        this.stream = stream;
        this.hasReader = hasReader;
    }

    private static boolean isPipe() {
        try {
            Path stdout = Path.of("/proc/self/fd/1");
            int type = (int) Files.getAttribute(stdout, "unix:mode") & S_IFMT;
            return type == S_IFIFO || type == S_IFSOCK;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            stream.write(bytes, offset, length);
        } catch (IOException e) {
            // A pipe can't be written for this one reason. The text is in the user's language.
            readerIsGone = hasReader.getAsBoolean();
            failure = Objects.toString(e.getMessage(), e.toString());
            throw e;
        }
    }

    /** Why something could not be written; empty if all was, or if the reader wanted no more. */
    public String failure() {
        return readerIsGone ? "" : failure;
    }

    /** The command's exit code, in which a result that got lost is no success. */
    public int exitCode(int code) {
        if (failure.isEmpty() || code != ExitCode.OK) {
            return code;
        }
        return readerIsGone ? ExitCode.SIGNAL + SIGPIPE : ExitCode.FAILURE;
    }
}
