// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The committed bindings are what jextract makes of the header. Where jextract is installed they
 * are made anew and compared byte by byte; everywhere, each declaration of the header is looked up
 * in the bindings, which quote it.
 */
class BindingsTest {
    private static final Path ROOT = root();
    private static final Path SOURCES = Path.of("java/driver/src/main/java");
    private static final Path GENERATED =
            ROOT.resolve(SOURCES).resolve("io/nvme4j/internal/shim/generated");
    private static final Path ARGUMENTS = ROOT.resolve("native/include/jextract.args");

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("native/include/nvme4j.h"))) {
            directory = Objects.requireNonNull(directory.getParent());
        }
        return directory;
    }

    private static String header() throws IOException {
        String text = Files.readString(ROOT.resolve("native/include/nvme4j.h"));
        return text.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^#(?!define N4J).*$", "");
    }

    private static String bindings() throws IOException {
        try (Stream<Path> files = Files.list(GENERATED)) {
            return files.map(BindingsTest::read)
                    .map(BindingsTest::squeeze)
                    .collect(Collectors.joining());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Without blanks and the comment stars before a quoted line. */
    private static String squeeze(String text) {
        return text.replaceAll("(?m)^\\s*\\*", "").replaceAll("\\s+", "");
    }

    private static List<MatchResult> find(String regex, String text) {
        return Pattern.compile(regex, Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(text)
                .results()
                .toList();
    }

    @Test
    void everyFunctionOfTheHeaderIsBoundAsItIsDeclared() throws IOException {
        String bindings = bindings();
        List<MatchResult> functions =
                find("^[a-z][^;{}#]*?\\b(n4j_\\w+)\\([^)]*\\)(?=;)", header());
        assertTrue(functions.size() > 10, "the header has functions");
        for (MatchResult function : functions) {
            // jextract quotes an empty list of parameters as ().
            String declared = squeeze(function.group()).replace("(void)", "()");
            assertTrue(bindings.contains(declared), function.group());
        }
    }

    @Test
    void everyRecordOfTheHeaderIsBoundAsItIsDeclared() throws IOException {
        String bindings = bindings();
        List<MatchResult> records = find("^typedef (struct \\w+ \\{.*?\\}) \\w+;", header());
        assertEquals(8, records.size());
        for (MatchResult record : records) {
            assertTrue(bindings.contains(squeeze(record.group(1))), record.group());
        }
    }

    @Test
    void everyConstantOfTheHeaderIsBoundWithItsValue() throws IOException {
        String bindings = bindings();
        List<MatchResult> constants = find("^#define (N4J_\\w+) +\\(?(-?\\w+)\\)?", header());
        assertFalse(constants.isEmpty());
        for (MatchResult constant : constants) {
            String declared = constant.group(1) + "=(int)" + constant.group(2) + "L;";
            assertTrue(bindings.contains(declared), constant.group());
        }
    }

    @Test
    void theArgumentsNameEverythingInTheHeaderAndNothingElse() throws IOException {
        Set<String> declared = new TreeSet<>();
        find("\\b(n4j_\\w+)\\(", header()).forEach(match -> declared.add(match.group(1)));
        find("^typedef struct (\\w+) \\{", header()).forEach(match -> declared.add(match.group(1)));
        find("^#define (N4J_\\w+)", header()).forEach(match -> declared.add(match.group(1)));
        Set<String> included =
                find("^--include-\\w+ (\\w+)", Files.readString(ARGUMENTS)).stream()
                        .map(match -> match.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(declared, included);
    }

    @Test
    void jextractMakesTheSameBindings(@TempDir Path output) throws Exception {
        Optional<Path> jextract = jextract();
        assumeTrue(jextract.isPresent(), "jextract is not on the PATH: bindings not made anew");
        List<String> command =
                Files.readAllLines(ARGUMENTS).stream()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.replace("--output " + SOURCES, "--output " + output))
                        .flatMap(line -> Arrays.stream(line.split(" ")))
                        .collect(Collectors.toList());
        command.addFirst(jextract.get().toString());
        Process process =
                new ProcessBuilder(command)
                        .directory(ROOT.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "jextract ends");
        assertEquals(0, process.exitValue());
        try (Stream<Path> files = Files.walk(output)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path committed = GENERATED.resolve(file.getFileName());
                assertEquals(read(file), read(committed), file.getFileName().toString());
            }
        }
    }

    private static Optional<Path> jextract() {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, "jextract"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
