// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

/** What loading deletes of other processes in a temporary directory, and what it leaves alone. */
class LeftoverLibrariesTest {
    /** More than the kernel's largest process id, 1 &lt;&lt; 22. */
    private static final String DEAD = "99999999";

    private final String prefix = NativeLibrary.prefix();

    @TempDir private Path temporary;
    @TempDir private Path elsewhere;
    private Path own;

    @BeforeEach
    void makeOwn() throws IOException {
        own = plant(temporary.resolve(prefix + ProcessHandle.current().pid() + "-own"));
    }

    private static Path plant(Path directory) throws IOException {
        Files.createDirectory(directory);
        Files.writeString(directory.resolve(NativeLibrary.CORE), "core");
        Files.writeString(directory.resolve(NativeLibrary.SPDK), "spdk");
        return directory;
    }

    private Path plant(String name) throws IOException {
        return plant(temporary.resolve(name));
    }

    private void clean() throws IOException {
        NativeLibrary.deleteLeftovers(own, prefix);
    }

    private static void assertWhole(Path directory) {
        assertTrue(Files.exists(directory.resolve(NativeLibrary.CORE)), directory.toString());
        assertTrue(Files.exists(directory.resolve(NativeLibrary.SPDK)), directory.toString());
    }

    @Test
    void thoseOfProcessesThatAreGoneAreDeleted() throws IOException {
        Path dead = plant(prefix + DEAD + "-1");
        Path half = Files.createDirectory(temporary.resolve(prefix + DEAD + "-2"));
        clean();
        assertFalse(Files.exists(dead));
        assertFalse(Files.exists(half));
        assertWhole(own);
    }

    @Test
    void thoseOfLiveProcessesAreLeft() throws IOException {
        Path first = plant(prefix + "1-init");
        clean();
        assertWhole(first);
        assertWhole(own);
    }

    @Test
    void aLinkIsLeftAndSoIsWhatItLeadsTo() throws IOException {
        Path target = plant(elsewhere.resolve("target"));
        Path link = Files.createSymbolicLink(temporary.resolve(prefix + DEAD + "-link"), target);
        clean();
        assertWhole(target);
        Files.delete(link); // which fails where it is gone
    }

    @Test
    void ofALinkInTheDirectoryOnlyTheLinkIsDeleted() throws IOException {
        Path target = Files.writeString(elsewhere.resolve("file"), "kept");
        Path dead = Files.createDirectory(temporary.resolve(prefix + DEAD + "-inner"));
        Files.createSymbolicLink(dead.resolve(NativeLibrary.CORE), target);
        clean();
        assertFalse(Files.exists(dead));
        assertEquals("kept", Files.readString(target));
    }

    @Test
    void whatNativeLibraryDidNotPutThereIsLeft() throws IOException {
        Path dead = plant(prefix + DEAD + "-foreign");
        Path file = Files.writeString(dead.resolve("foreign"), "kept");
        Path below = Files.createDirectories(temporary.resolve(prefix + DEAD + "-below/directory"));
        Path plain = Files.writeString(temporary.resolve(prefix + DEAD + "-plain"), "kept");
        clean();
        assertEquals("kept", Files.readString(file));
        assertTrue(Files.isDirectory(below));
        assertEquals("kept", Files.readString(plain));
    }

    @Test
    void thoseOfOtherProcessIdNamespacesAreLeft() throws IOException {
        Path other = plant(prefix.replaceFirst("-$", "1-") + DEAD + "-1");
        Path none = plant("nvme4j-" + DEAD + "-1");
        clean();
        assertWhole(other);
        assertWhole(none);
    }

    @Test
    void thoseOfOtherUsersAreLeft() throws IOException {
        UserPrincipal root = Files.getOwner(Path.of("/"));
        assumeTrue(Files.getOwner(own).equals(root), "only root can plant what is another user's");
        Path dead = plant(prefix + DEAD + "-nobody");
        UserPrincipal nobody =
                dead.getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName("nobody");
        Files.setOwner(dead, nobody);
        clean();
        assertWhole(dead);
    }
}
