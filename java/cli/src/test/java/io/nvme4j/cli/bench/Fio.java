// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The fio that is installed; tests that ask it are skipped where there is none. */
final class Fio {
    private Fio() {}

    /** What it printed, and how it ended. */
    record Result(int exitCode, String out) {
        boolean isOk() {
            return exitCode == 0;
        }
    }

    /** The document of a job file in the directory. */
    static Map<String, Object> document(Path directory, String file) throws Exception {
        Result result = run(directory, "--output-format=json", "--output=fio.json", file);
        assertTrue(result.isOk(), result.out);
        // What it warns of comes first.
        String text = Files.readString(directory.resolve("fio.json"));
        // Of options that are given twice it writes both.
        return JSON.std
                .without(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS)
                .mapFrom(text.substring(text.indexOf("{\n")));
    }

    static Result run(Path directory, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("fio"));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            assumeTrue(false, "fio is not installed");
            throw e;
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), said);
    }
}
