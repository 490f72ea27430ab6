// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.read;

import io.nvme4j.cli.job.option.Setting;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what blocks are filled with: parts one after the other, as {@code "abc"0xff00-12}. A part
 * is a text in double quotes, the name of a file in single ones, hexadecimal bytes in their order,
 * a decimal number of 32 bits, the lowest byte first and no more bytes than it needs, or {@code
 * %o}: 8 bytes for the offset of what is written.
 */
final class PatternReader {
    private static final int LONGEST = 1 << 20;

    /** Digits end before the next part's 0x. */
    private static final Pattern PART =
            Pattern.compile(
                    "\"(?<text>[^\"]+)\""
                            + "|'(?<file>[^']+)'"
                            + "|(?<offset>%o)"
                            + "|0[xX](?<hex>\\p{XDigit}+?)(?=0[xX]|\\P{XDigit}|$)"
                            + "|(?<number>-?\\d{1,10}?)(?=0[xX]|\\D|$)");

    private PatternReader() {}

    /**
     * A pattern.
     *
     * @param offsets where in it the offset of what is written is put in
     */
    record Parts(List<Byte> bytes, List<Integer> offsets) {}

    /** One that is the same everywhere. */
    static List<Byte> readBytes(Setting setting) {
        Parts parts = read(setting);
        if (!parts.offsets.isEmpty()) {
            throw setting.wrong("only the verify_pattern of verify=pattern has offsets, by %o");
        }
        return parts.bytes;
    }

    static Parts read(Setting setting) {
        String text = setting.value().strip();
        Matcher matcher = PART.matcher(text);
        ByteArrayOutputStream pattern = new ByteArrayOutputStream();
        List<Integer> offsets = new ArrayList<>();
        int end = 0;
        while (end < text.length() && matcher.find(end) && matcher.start() == end) {
            if (matcher.group("offset") != null) {
                offsets.add(pattern.size());
            }
            pattern.writeBytes(bytes(setting, matcher));
            end = matcher.end();
        }
        if (end < text.length() || pattern.size() == 0 || pattern.size() > LONGEST) {
            throw setting.wrong(
                    "a pattern is 0xdeadbeef, a number, \"text\", 'a file', %o, or several of"
                            + " these");
        }
        return new Parts(list(pattern.toByteArray()), offsets);
    }

    private static byte[] bytes(Setting setting, Matcher part) {
        if (part.group("text") != null) {
            return part.group("text").getBytes(StandardCharsets.UTF_8);
        }
        if (part.group("offset") != null) {
            return new byte[Long.BYTES];
        }
        if (part.group("file") != null) {
            return file(setting, part.group("file"));
        }
        if (part.group("hex") != null) {
            String digits = part.group("hex");
            return HexFormat.of().parseHex(digits.length() % 2 == 0 ? digits : "0" + digits);
        }
        return number(setting, Long.parseLong(part.group("number")));
    }

    private static byte[] file(Setting setting, String name) {
        try {
            return Files.readAllBytes(Path.of(name));
        } catch (IOException | InvalidPathException e) {
            throw setting.wrong("'" + name + "' can't be read: " + e.getMessage());
        }
    }

    private static byte[] number(Setting setting, long number) {
        if (number != (int) number) {
            throw setting.wrong(
                    "a number in a pattern has 32 bits at most: write hexadecimal bytes");
        }
        int length =
                Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros((int) number) + 7) / 8);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (number >> 8 * i);
        }
        return bytes;
    }

    private static List<Byte> list(byte[] bytes) {
        List<Byte> list = new ArrayList<>();
        for (byte each : bytes) {
            list.add(each);
        }
        return list;
    }
}
