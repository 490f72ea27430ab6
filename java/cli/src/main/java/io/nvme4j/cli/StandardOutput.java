// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * Stdout, which remembers why it could not be written: {@link System#out} and every {@link
 * java.io.PrintWriter} keep that to themselves.
 */
final class StandardOutput extends OutputStream {
    private static final String BROKEN_PIPE = "Broken pipe";
    private static final int SIGPIPE = 13;

    private final OutputStream stream;
    private String failure = "";

    StandardOutput() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    StandardOutput(OutputStream stream) {
        this.stream = stream;
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
            failure = Objects.toString(e.getMessage(), e.toString());
            throw e;
        }
    }

    /** Why something could not be written; empty if all was, or if the reader wanted no more. */
    String failure() {
        return failure.equals(BROKEN_PIPE) ? "" : failure;
    }

    /** The command's exit code, in which a result that got lost is no success. */
    int exitCode(int code) {
        if (failure.isEmpty() || code != ExitCode.OK) {
            return code;
        }
        return failure.equals(BROKEN_PIPE) ? ExitCode.SIGNAL + SIGPIPE : ExitCode.FAILURE;
    }
}
