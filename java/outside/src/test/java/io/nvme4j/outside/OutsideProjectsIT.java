// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A stranger's program, compiled and run against the driver's jar: on the class path, as a module,
 * and linked into a runtime image.
 */
class OutsideProjectsIT {
    private static final Path PROGRAM = Path.of("src/test/projects/program/Outside.java");
    private static final Path MODULE = Path.of("src/test/projects/module/module-info.java");
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Pattern LIBRARY =
            Pattern.compile("(nvme4j-\\d|disruptor-|HdrHistogram-|jspecify-).*\\.jar");
    private static final String MAIN = "stranger.Outside";

    @TempDir Path work;
    private Path classes;

    @BeforeEach
    void makeRoom() {
        classes = work.resolve("stranger");
    }

    @Test
    void aProgramOnTheClassPathReadsWhatItWrote() throws Exception {
        tool("javac", "-d", classes, "-cp", paths(libraries()), PROGRAM);
        List<Path> path = new ArrayList<>(libraries());
        path.add(classes);
        run(JAVA, "--enable-native-access=ALL-UNNAMED", "-cp", paths(path), MAIN);
    }

    @Test
    void aModuleReadsWhatItWrote() throws Exception {
        tool("javac", "-d", classes, "-p", paths(libraries()), PROGRAM, MODULE);
        List<Path> path = new ArrayList<>(libraries());
        path.add(classes);
        run(JAVA, "--enable-native-access=io.nvme4j", "-p", paths(path), "-m", "stranger/" + MAIN);
    }

    @Test
    void aLinkedImageReadsWhatItWrote() throws Exception {
        List<Path> path = new ArrayList<>();
        for (Path library : libraries()) {
            path.add(library.toString().contains("HdrHistogram") ? asModule(library) : library);
        }
        tool("javac", "-d", classes, "-p", paths(path), PROGRAM, MODULE);
        path.add(classes);
        Path image = work.resolve("image");
        tool("jlink", "-p", paths(path), "--add-modules", "stranger", "--output", image);
        Path java = image.resolve("bin/java");
        run(java, "--enable-native-access=io.nvme4j", "-m", "stranger/" + MAIN);
    }

    /** An internal class is out of a module's reach, and out of the compiler's. */
    @Test
    void aModuleCannotUseWhatIsInternal() throws IOException {
        Path curious = work.resolve("Curious.java");
        Files.writeString(
                curious, "package stranger; class Curious { io.nvme4j.internal.Api api; }");
        String said =
                attempt("javac", "-d", classes, "-p", paths(libraries()), curious, MODULE).said();
        assertTrue(said.contains("package io.nvme4j.internal is not visible"), said);
    }

    /** The library with a module-info of its own, which jlink wants: the JDK's tools make it. */
    private Path asModule(Path library) throws IOException {
        Path made = work.resolve("made");
        tool("jdeps", "--generate-module-info", made, library);
        Path source;
        try (Stream<Path> files = Files.walk(made)) {
            source = files.filter(file -> file.endsWith("module-info.java")).findFirst().get();
        }
        String name = source.getParent().getFileName().toString();
        Path copy = Files.copy(library, work.resolve(library.getFileName()));
        tool("javac", "-d", made, "--patch-module", name + "=" + library, source);
        tool("jar", "--update", "--file", copy, "-C", made, "module-info.class");
        return copy;
    }

    /** The driver's jar, and what it needs. */
    private static List<Path> libraries() {
        List<Path> found =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(Path::of)
                        .filter(each -> LIBRARY.matcher(each.getFileName().toString()).matches())
                        .toList();
        assertEquals(4, found.size(), "the driver's jar and its libraries: " + found);
        return found;
    }

    private static String paths(List<Path> all) {
        return all.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private record Attempt(int code, String said) {}

    private static void tool(String name, Object... arguments) {
        Attempt attempt = attempt(name, arguments);
        assertEquals(0, attempt.code(), name + ": " + attempt.said());
    }

    private static Attempt attempt(String name, Object... arguments) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        int code = ToolProvider.findFirst(name).orElseThrow().run(out, out, texts);
        return new Attempt(code, said.toString());
    }

    private static void run(Object... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("outside", ".txt");
        try {
            Process process =
                    new ProcessBuilder(Arrays.stream(command).map(Object::toString).toList())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            boolean ended = process.waitFor(2, TimeUnit.MINUTES);
            process.destroyForcibly();
            String said = Files.readString(output);
            assertTrue(ended, "it didn't end: " + said);
            assertEquals("read what was written", said.strip());
            assertEquals(0, process.exitValue());
        } finally {
            Files.delete(output);
        }
    }
}
