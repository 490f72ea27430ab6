// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

import io.nvme4j.cli.job.option.Setting;

import java.util.List;
import java.util.Locale;

/**
 * How a job makes its data recognisable, and checks them.
 *
 * @param kind of mark
 * @param pattern of {@link Kind#PATTERN}: it is repeated through every block
 * @param offsets where in the pattern the offset of what is written, in bytes, is put in
 * @param readBack whether all that was written is read at the job's end
 * @param backlog what was written is read after each so many writes, or 0
 * @param batch how many of these are read before there are further writes
 * @param fatal whether the job ends with the first block that is wrong
 */
public record Verification(
        Kind kind,
        List<Byte> pattern,
        List<Integer> offsets,
        boolean readBack,
        int backlog,
        int batch,
        boolean fatal) {
    /** No verification. */
    public static final Verification NONE =
            new Verification(Kind.NONE, List.of(), List.of(), false, 0, 0, false);

    /** The marks, by the names that job files have. */
    public enum Kind {
        NONE,
        CRC32C,
        CRC32,
        MD5,
        SHA1,
        SHA256,
        PATTERN
    }

    public boolean isOn() {
        return kind != Kind.NONE;
    }

    /** Whether writes are followed by reads, at once or at the end. */
    public boolean readsWhatWasWritten() {
        return isOn() && (readBack || backlog > 0);
    }

    public static Kind kind(Setting setting) {
        String text = setting.value().toLowerCase(Locale.ROOT);
        return switch (text) {
            case "0", "none" -> Kind.NONE;
            case "crc32c", "crc32c-intel", "crc64", "crc16", "crc7", "xxhash", "meta" ->
                    Kind.CRC32C;
            case "crc32", "md5", "sha1", "sha256", "pattern" ->
                    Kind.valueOf(text.toUpperCase(Locale.ROOT));
            default ->
                    throw setting.wrong(
                            "verify is one of crc32c, crc32, md5, sha1, sha256 and pattern");
        };
    }
}
