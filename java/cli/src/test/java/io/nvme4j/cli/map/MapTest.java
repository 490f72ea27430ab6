// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;
import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What map prints adds up. */
class MapTest {
    private static final Pattern DATA = Pattern.compile("(\\d+) bytes, from byte (\\d+)");

    private static void assertAddsUp(String out, long bytes) {
        Matcher matcher = DATA.matcher(out);
        long sum = 0;
        while (matcher.find()) {
            sum += Long.parseLong(matcher.group(1));
        }
        assertEquals(bytes, sum, out);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --offset 0x124 --length 1M --mdts 128K --scramble        | 8 commands | PRP2, a PRP list
                    --offset 0x123 --length 1M --mdts 128K --scramble --sgl  | 8 commands | SGL Last Segment
                    --offset 0x124 --length 1M --scramble --pages 2m --sgl=dword --form sgl | 1 command | SGL Data Block
                    --offset 0 --length 8K                                   | 1 command  | PRP2
                    --range 0+1M --range 2M+512K --block 4096 --mdts 64K     | 24 commands | PRP entry
                    --length 8K --lba 10 --noiob 12                          | 3 commands | optimal I/O boundary
                    --length 128K --sgl                                      | 1 command  | not atomic
                    --length 16M --mdts 0                                    | 1 command  | PRP entry
                    --length 64M --mdts 0                                    | 2 commands | PRP entry
                    --length 8K --lba 10 --zone 7                            | 3 commands | the zone ends
                    --length 8K --lba 10 --noiob 12 --zone 7                 | 5 commands | optimal I/O boundary
                    --range 0+4K --range skip+8K --range 4K+4K --sgl         | 1 command  | SGL Bit Bucket
                    --length 1M --metadata 8 --scramble --mdts 2M            | 4 commands | 4096 bytes of metadata
                    --length 16640 --metadata 8 --extended --scramble        | 1 command  | PRP entry
                    """)
    void everyByteIsAccountedFor(String options, String count, String part) {
        String out = Cli.run(("map --all " + options).split(" +")).assertOk().out();
        assertTrue(out.contains("becomes     " + count), out);
        assertTrue(out.contains(part), out);
        Matcher total = Pattern.compile("\\((\\d+) bytes\\)").matcher(out);
        assertTrue(total.find(), out);
        assertAddsUp(out, Long.parseLong(total.group(1)));
    }

    @Test
    void longListsAreCutShort() {
        String out = Cli.run("map", "--length", "128K", "--scramble").assertOk().out();
        assertTrue(out.contains("... 25 more (--all shows them)"), out);
    }

    @Test
    void whatCanNotBeMappedIsCopied() {
        String out = Cli.run("map", "--offset", "1").assertOk().out();
        assertTrue(out.contains("becomes     a copy"), out);
    }

    @Test
    void whatDescriptorsTakeIsTold() {
        String out = Cli.run("map", "--offset", "2", "--sgl=dword").assertOk().out();
        assertTrue(out.contains("its SGLs begin and end on multiples of 4"), out);
    }

    @Test
    void onlyDescriptorsSkip() {
        String out = Cli.run("map", "--range", "0+4K", "--range", "skip+4K").assertOk().out();
        assertTrue(out.contains("becomes     a copy"), out);
        assertTrue(out.contains("4 KiB from offset 0x0, then 4 KiB skipped"), out);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --length 1000    | no whole number of blocks
                    --length 0       | 0 bytes
                    --block 1000     | 512 or 4096
                    --sgl=word       | byte or dword
                    --pages 1g       | neither 4k nor 2m
                    --range 5        | OFFSET+LENGTH
                    --offset 0xzz    | hexadecimal
                    --form SGL       | not SGL
                    --noiob -1       | a number of blocks
                    --zone -1        | a number of blocks
                    --metadata 6     | a multiple of 4
                    --extended       | --metadata says
                    --range skip     | OFFSET+LENGTH
                    -r trtype:EMBEDDED --sgl | built-in controller
                    --range 0+4K --length 4K | the same twice
                    --lba -1         | the number of a block
                    --mdts 3K        | a power of 2, from 4096 on
                    --mdts 12K       | a power of 2, from 4096 on
                    --mdts 512       | a power of 2, from 4096 on
                    --block 4096 --metadata 64 --extended --length 4160 --mdts 4K | a block has 4160 bytes
                    """)
    void wrongCommandLines(String options, String message) {
        Cli.run(("map " + options).split(" ", -1)).assertError(ExitCode.USAGE, message, "--help");
    }
}
