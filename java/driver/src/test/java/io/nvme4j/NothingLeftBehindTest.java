// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.engine.Engine;
import io.nvme4j.engine.IdleStrategy;
import io.nvme4j.engine.ReactorGroup;
import io.nvme4j.error.NvmeException;
import io.nvme4j.error.ShimException;
import io.nvme4j.memory.DmaBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What takes memory of a controller gives all of it back where a later step fails: it is tried with
 * ever more memory, so that each of its steps is the one that fails, and each time the controller
 * can be closed, which it refuses while anything is open.
 */
class NothingLeftBehindTest {
    private static final int ENOMEM = 12;
    private static final int PAGE = 4096;
    private static final int MOST_PAGES = 4096;

    private static Controller attach(String mode, long pages) {
        return Controller.attach(
                "trtype:EMBEDDED size:1M mode:%s dma_memory:%d".formatted(mode, pages * PAGE));
    }

    private static boolean isOutOfMemory(ShimException e) {
        return e.errno() == ENOMEM;
    }

    /** Fewest pages with which it succeeds; with less, it fails for lack of memory. */
    private static int fewestPages(String mode, int from, Function<Controller, AutoCloseable> make)
            throws Exception {
        int pages = from;
        while (!isMade(mode, pages, make)) {
            pages++;
            assertTrue(pages < MOST_PAGES);
        }
        return pages;
    }

    private static boolean isMade(String mode, int pages, Function<Controller, AutoCloseable> make)
            throws Exception {
        try (Controller controller = attach(mode, pages)) {
            int room = takeAll(controller);
            boolean made = false;
            try {
                make.apply(controller).close();
                made = true;
            } catch (ShimException e) {
                assertTrue(isOutOfMemory(e), e.getMessage());
            }
            assertEquals(room, takeAll(controller), "pages that are free again");
            return made;
        }
    }

    /** How many pages can be had one by one. All are given back. */
    private static int takeAll(Controller controller) {
        List<DmaBuffer> pages = new ArrayList<>();
        try {
            while (true) {
                pages.add(controller.allocate(PAGE));
            }
        } catch (ShimException e) {
            assertTrue(isOutOfMemory(e), e.getMessage());
            pages.forEach(DmaBuffer::close);
            return pages.size();
        }
    }

    /** Fewest pages with which a controller can be attached to. */
    private static int fewestToAttach(String mode) {
        for (int pages = 1; ; pages++) {
            try (Controller controller = attach(mode, pages)) {
                assertEquals(1, controller.namespaces().size());
                return pages;
            } catch (ShimException e) {
                assertTrue(isOutOfMemory(e), e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void aQueuePairThatCantBeMadeTakesNothing(String mode) throws Exception {
        int least = fewestToAttach(mode);
        int needed = fewestPages(mode, least, controller -> controller.queuePair(4));
        assertTrue(needed >= least + 4, needed + " pages: two queues, lists and ranges");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline", "threaded"})
    void anEngineThatCantStartTakesNothing(String mode) throws Exception {
        int least = fewestToAttach(mode);
        try (ReactorGroup group = ReactorGroup.start(3, IdleStrategy.SLEEP)) {
            int needed =
                    fewestPages(
                            mode,
                            least,
                            controller ->
                                    Engine.builder(controller).depth(2).reactors(group).start());
            assertTrue(needed >= least + 3 * 4, needed + " pages");
        } // which refuses to close while an engine uses it
    }

    @Test
    void aBufferWhosePageListsCantBeMadeTakesNothing() throws Exception {
        int least = fewestToAttach("inline");
        int needed = fewestPages("inline", least, controller -> controller.allocate(16L * PAGE));
        assertTrue(needed > 16, needed + " pages: the buffer's and its lists'");
    }

    @Test
    void aRegistrationWhosePageListsCantBeMadeTakesNothing() throws Exception {
        int least = fewestToAttach("inline");
        try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(4096L * PAGE, PAGE);
            fewestPages("inline", least, controller -> controller.register(segment));
        } // which refuses to close while it is registered
    }

    @Test
    void anEngineOfMoreReactorsThanQueuePairsTakesNothing() {
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M")) {
            int most = controller.limits().queuePairs();
            try (ReactorGroup group = ReactorGroup.start(most + 1, IdleStrategy.SLEEP)) {
                for (int i = 0; i < 3; i++) {
                    assertThrows(
                            NvmeException.class,
                            () -> Engine.builder(controller).depth(2).reactors(group).start());
                }
            }
            Engine.start(controller, 2).close();
        }
    }

    @Test
    void aReactorThatCantBePinnedLeavesNoThread() throws InterruptedException {
        long before = reactors();
        assertThrows(
                ShimException.class,
                () -> ReactorGroup.onProcessors(IdleStrategy.SLEEP, 0, 1 << 16));
        while (reactors() > before) {
            Thread.onSpinWait();
        }
    }

    private static long reactors() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("nvme4j-reactor"))
                .count();
    }
}
