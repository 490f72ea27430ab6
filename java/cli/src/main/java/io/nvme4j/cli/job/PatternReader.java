// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job;

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
 * or a decimal number of 32 bits, the lowest byte first and no more bytes than it needs.
 */
final class PatternReader {
    private static final int LONGEST = 1 << 20;

    /** Digits end before the next part's 0x. */
    private static final Pattern PART =
            Pattern.compile(
                    "\"(?<text>[^\"]+)\""
                            + "|'(?<file>[^']+)'"
                            + "|0[xX](?<hex>\\p{XDigit}+?)(?=0[xX]|\\P{XDigit}|$)"
                            + "|(?<number>-?\\d{1,10}?)(?=0[xX]|\\D|$)");

    private PatternReader() {}

    static List<Byte> read(Setting setting) {
        String text = setting.value().strip();
        Matcher matcher = PART.matcher(text);
        ByteArrayOutputStream pattern = new ByteArrayOutputStream();
        int end = 0;
        while (end < text.length() && matcher.find(end) && matcher.start() == end) {
            pattern.writeBytes(bytes(setting, matcher));
            end = matcher.end();
        }
        if (end < text.length() || pattern.size() == 0 || pattern.size() > LONGEST) {
            throw setting.wrong(
                    "a pattern is 0xdeadbeef, a number, \"text\", 'a file', or several of these");
        }
        return list(pattern.toByteArray());
    }

    private static byte[] bytes(Setting setting, Matcher part) {
        if (part.group("text") != null) {
            return part.group("text").getBytes(StandardCharsets.UTF_8);
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
