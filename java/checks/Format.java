// SPDX-License-Identifier: Apache-2.0

import com.google.googlejavaformat.java.Main;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Java sources are as google-java-format writes them: {@code check} lists those that are not,
 * {@code fix} rewrites them. It runs in a JVM of its own, as the formatter parses with that JVM's
 * compiler.
 */
final class Format {
    private static final List<Path> ROOTS = List.of(Path.of("java"), Path.of("bench"));

    private Format() {}

    public static void main(String[] args) throws Exception {
        boolean fix = args[0].equals("fix");
        List<String> arguments = new ArrayList<>(List.of("--aosp"));
        arguments.addAll(
                fix ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
        for (Path root : ROOTS) {
            addSources(root, arguments);
        }
        PrintWriter out = new PrintWriter(System.out, true);
        String[] line = arguments.toArray(String[]::new);
        int code = new Main(out, out, System.in).format(line);
        if (fix) {
            // Strings that the first pass broke settle in a second.
            code = new Main(out, out, System.in).format(line);
        }
        if (code != 0 && !fix) {
            System.out.println(
                    "These are not formatted; mvn -N -q verify -DskipTests -Dformat=fix mends"
                            + " them");
        }
        System.exit(code);
    }

    private static void addSources(Path root, List<String> sources) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !isGenerated(file))
                    .map(Path::toString)
                    .sorted()
                    .forEach(sources::add);
        }
    }

    private static boolean isGenerated(Path file) {
        String name = file.toString();
        return name.contains("/target/") || name.contains("/generated/");
    }
}
