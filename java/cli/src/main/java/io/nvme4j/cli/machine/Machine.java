// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files of a machine below a root directory. Paths are absolute, as in {@code /proc/meminfo};
 * what is missing, can't be read, or has another form is empty.
 */
public final class Machine {
    private final Path root;
    private final Predicate<Path> writable;

    /**
     * @param root what stands for {@code /}
     * @param writable whether this process may write to a file
     */
    public Machine(Path root, Predicate<Path> writable) {
        this.root = root;
        this.writable = writable;
    }

    /** This machine. */
    public static Machine local() {
        return new Machine(Path.of("/"), Files::isWritable);
    }

    private Path at(String path) {
        return root.resolve(path.substring(1));
    }

    /** What a file holds, without blanks around it. */
    public Optional<String> text(String path) {
        try {
            // Not every file of the kernel's is UTF-8: names of programs may be anything.
            return Optional.of(
                    new String(Files.readAllBytes(at(path)), StandardCharsets.ISO_8859_1).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The lines of a file. */
    public List<String> lines(String path) {
        return text(path).map(text -> text.lines().toList()).orElse(List.of());
    }

    /** The decimal number that a file holds. */
    public OptionalLong number(String path) {
        return text(path).map(Numbers::decimal).orElse(OptionalLong.empty());
    }

    /** Names in a directory, sorted. */
    public List<String> children(String path) {
        try (Stream<Path> children = Files.list(at(path))) {
            return children.map(Machine::name).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Where a symbolic link points to. */
    public Optional<String> link(String path) {
        try {
            return Optional.of(Files.readSymbolicLink(at(path)).toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The last name of what a symbolic link points to. */
    public Optional<String> linkName(String path) {
        return link(path).map(target -> name(Path.of(target)));
    }

    /** Whether there is such a file. */
    public boolean exists(String path) {
        return Files.exists(at(path));
    }

    /** Whether this process may write to the file. */
    public boolean isWritable(String path) {
        return writable.test(at(path));
    }

    private static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }
}
