// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

class ProcessorsTest {
    @Test
    void masksAreHexadecimal() {
        assertEquals(List.of(0, 1), Processors.parse("0x3"));
        assertEquals(List.of(4), Processors.parse("10"));
        assertEquals(List.of(64), Processors.parse("0X10000000000000000"));
    }

    @Test
    void listsAreInBrackets() {
        assertEquals(List.of(0, 1), Processors.parse("[0,1]"));
        assertEquals(List.of(0, 2, 3, 4), Processors.parse("[ 2-4, 0 ]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0x", "g", "0x0", "[]", "[0", "[1-]", "[2-1]", "[9999]", "[a]", "-1"})
    void othersAreRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Processors.parse(text));
    }

    @Property
    void maskAndListOfASetAreTheSame(
            @ForAll @NotEmpty Set<@IntRange(max = 200) Integer> processors) {
        BigInteger mask = BigInteger.ZERO;
        for (int processor : processors) {
            mask = mask.setBit(processor);
        }
        List<Integer> expected = processors.stream().sorted().toList();
        assertEquals(expected, Processors.parse("0x" + mask.toString(16)));
        assertEquals(expected, Processors.parse(expected.toString()));
    }

    @Test
    void allowedOnesAreTheKernels(@TempDir Path directory) throws IOException {
        Path status = directory.resolve("status");
        Files.writeString(status, "Name:\tx\nCpus_allowed:\t5\nCpus_allowed_list:\t0,2-3\n");
        assertEquals(List.of(0, 2, 3), Processors.allowed(status));
        assertTrue(Processors.allowed(directory.resolve("none")).isEmpty());
        assertFalse(Processors.allowed(Path.of("/proc/self/status")).isEmpty());
    }
}
