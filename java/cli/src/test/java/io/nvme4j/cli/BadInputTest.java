// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each is one line that says what is wrong and what would do. */
class BadInputTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    -q 0         | a queue depth is at least 1
                    -q -5        | a queue depth is at least 1
                    -q many      | 'many' is not an int
                    -o 0         | an I/O has at least one block
                    -o 4Q        | '4Q' is no size
                    -o -4096     | '-4096' is no size
                    -t 0         | measure for more than 0 seconds
                    -t -1        | -t -1: measure for more than 0 seconds
                    -t 1e3       | '1e3' is no number of seconds
                    -t 5s        | '5s' is no number of seconds
                    -a -0.5      | -a -0.5: a warm-up can't be shorter than 0 seconds
                    -w backwards | expected one of [read, write, randread, randwrite, rw, randrw, trim,
                    -w read -F 1 | -F is for workloads at random, not for read
                    -r trtype:EMBEDDED -r trtype:EMBEDDED | it is given twice
                    -m           | -m: how busy each processor was
                    --log-level=info | NVME4J_SPDK_LOG=1
                    --psk-path k | without TLS
                    -M 70        | -M is for -w rw and randrw, not for randread
                    -w rw -M 101 | a percentage is from 0 to 100
                    -c 0x0       | has no processor in it
                    -c pine      | 'pine' is no core mask
                    -c [3-1]     | '[3-1]' is no core mask
                    -c [4095]    | there is no processor 4095 for this process
                    -r ns:zero   | "ns:zero" is no namespace identifier
                    --output-format=xml | expected one of [normal, json, json+, terse]
                    --frobnicate | Unknown option
                    -q           | Missing required parameter
                    --section a  | --section a: there is no job file
                    surplus      | surplus: there is no such file
                    """)
    void wrongCommandLines(String options, String message) {
        Cli.run(("bench " + options).split(" ", -1)).assertError(ExitCode.USAGE, message, "--help");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    trtype:FLOPPY                      | unknown trtype "FLOPPY"
                    traddr:memory                      | names no trtype
                    trtype:EMBEDDED ns:7               | no active namespace 7: active are 1
                    trtype:EMBEDDED frob:1             | frob
                    trtype:EMBEDDED traddr:/nowhere/at/all size:1M | /nowhere/at/all
                    """)
    void wrongTransportIds(String id, String message) {
        Cli.run("bench", "-t", "1", "-r", id).assertError(ExitCode.FAILURE, message);
        Cli.run("identify", "-r", id).assertError(ExitCode.FAILURE, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    -o 1000   | no multiple of the block size | use -o 1024
                    -o 511    | no multiple of the block size | use -o 512
                    -o 1G     | above what an I/O to EMBEDDED (memory) ns 1 can have | use -o 33554432
                    --sweep o=4k,64M | above what an I/O to EMBEDDED (memory) ns 1 can have | use -o
                    --set random_distribution=zoned_abs:50/1m:50/4t | the zones of job randread go up to byte | make them smaller
                    -q 100000 | above what the queues of EMBEDDED (memory) ns 1 take | use -q
                    """)
    void limitsOfTheController(String options, String message, String remedy) {
        Cli.run(("bench -t 1 " + options).split(" ", -1))
                .assertError(ExitCode.FAILURE, message, remedy);
    }

    @Test
    void ioLargerThanTheNamespace() {
        Cli.run("bench", "-t", "1", "-o", "8K", "-r", "trtype:EMBEDDED size:4K")
                .assertError(ExitCode.FAILURE, "I/O size 8192 is larger than", "has 4096 bytes");
    }

    @Test
    void noCommandAndUnknownCommand() {
        Cli.run().assertError(ExitCode.USAGE, "compare, verify, list, identify, map or doctor");
        Cli.run("dance").assertError(ExitCode.USAGE, "'dance'");
    }

    @Test
    void errorsAreOneLine() {
        Cli.run("identify", "-r", "trtype:EMBEDDED\ntraddr:null\nwith:breaks")
                .assertError(ExitCode.FAILURE, "with");
    }
}
