// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.embedded.CrashReport;
import io.nvme4j.embedded.CrashSweep;
import io.nvme4j.embedded.EmbeddedDrive;
import io.nvme4j.engine.ByteIo;
import io.nvme4j.engine.Engine;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.DmaPool;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What the README shows to authors of databases compiles and runs. */
class DatabaseExampleTest {
    private static final Path SOURCE = Path.of("src/test/java/io/nvme4j/DatabaseExampleTest.java");

    @Test
    void theExampleRuns() {
        byte[] record = new byte[300];
        try (Controller controller = Controller.attach("trtype:EMBEDDED size:1M");
                Engine engine = Engine.start(controller, 16)) {
            Namespace namespace = controller.namespace(1);
            Namespace log = namespace.slice(/* first block */ 0, /* blocks */ 1024);
            long page = log.geometry().preferred().writes().up(4096);
            boolean whole = log.geometry().atomicOnPowerFail().covers(page, 4096);
            ByteIo io = engine.bytes(log);
            io.write(page + 100, ByteBuffer.wrap(record));
            io.force(); // a Flush, or nothing where there is no volatile write cache
            try (DmaPool pool = controller.pool(/* bytes */ 16384, /* slices */ 64)) {
                DmaBuffer slice = pool.acquire();
                io.read(page, slice.segment()); // not copied
                pool.release(slice);
            }
            assertEquals(4096, page);
            assertEquals(false, whole, "a write of 8 blocks, where one is atomic");
        }
    }

    @Test
    void aCommittedRecordSurvivesEachCut() throws Exception {
        byte[] record = "committed".getBytes(StandardCharsets.UTF_8);
        CrashReport report =
                CrashSweep.of(EmbeddedDrive.inMemory(64 << 20).volatileWriteCache(true))
                        .workload(
                                (controller, log) -> {
                                    try (Engine engine = Engine.start(controller, 8)) {
                                        ByteIo io = engine.bytes(controller.namespace(1));
                                        io.write(0, ByteBuffer.wrap(record));
                                        io.force(); // leave this out, and see
                                        log.mark("committed");
                                    }
                                })
                        .check(
                                (controller, cut) -> {
                                    ByteBuffer found = ByteBuffer.allocate(record.length);
                                    try (Engine engine = Engine.start(controller, 8)) {
                                        engine.bytes(controller.namespace(1)).read(0, found);
                                    }
                                    boolean isThere = Arrays.equals(record, found.array());
                                    assertTrue(isThere || !cut.has("committed"));
                                })
                        .run();
        report.verify();
        assertEquals(2, report.states());
    }

    @Test
    void theReadmeHasThem() throws IOException {
        checkReadme("## For databases");
        checkReadme("Every cut at once");
    }

    private static void checkReadme(String after) throws IOException {
        List<String> source = Files.readAllLines(SOURCE).stream().map(String::strip).toList();
        String readme = Files.readString(Path.of("../../README.md"));
        int begin = readme.indexOf("```java\n", readme.indexOf(after));
        String example = readme.substring(begin, readme.indexOf("```\n", begin));
        for (String line : example.lines().skip(1).toList()) {
            assertTrue(source.contains(line.strip()), line);
        }
    }
}
