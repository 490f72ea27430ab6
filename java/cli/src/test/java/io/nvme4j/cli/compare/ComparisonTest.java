// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.Cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class ComparisonTest {
    @TempDir private Path directory;

    private Path run(String name, double iops, double... intervals) throws IOException {
        List<Double> column = new ArrayList<>();
        for (double interval : intervals) {
            column.add(interval);
        }
        String text =
                """
                fio: a warning before the document
                {"jobs": [{"jobname": "j", "job options": {"iodepth": "8"},
                  "read": {"total_ios": 1000, "iops": %f, "bw_bytes": 1048576,
                    "lat_ns": {"mean": 2000.0},
                    "clat_ns": {"percentile": {"50.000000": 1000, "99.000000": 9000}}}}],
                 "nvme4j": {"intervals": {"read_iops": %s}}}
                """
                        .formatted(iops, column);
        return Files.writeString(directory.resolve(name), text);
    }

    private Path runOf(String direction, int ios) throws IOException {
        String text =
                """
                {"jobs": [{"jobname": "j",
                  "%s": {"total_ios": %d, "iops": %d, "bw_bytes": 1048576,
                    "lat_ns": {"mean": 2000.0}}}]}
                """
                        .formatted(direction, ios, ios);
        return Files.writeString(directory.resolve(direction + ios), text);
    }

    @Test
    void whatOneSideOnlyHasIsTold() throws IOException {
        String reads = runOf("read", 1000).toString();
        String writes = runOf("write", 500).toString();
        String out = Cli.run("compare", reads, writes).assertOk().out();
        assertTrue(line(out, "read IOPS").matches(".* 1,000 +0.00 +only in a"), out);
        assertTrue(line(out, "write IOPS").matches(".* 0.00 +500.00 +only in b"), out);
        assertFalse(out.contains("mean"), out);
        assertFalse(out.contains("trim"), out);
    }

    @Test
    void runsOfWhichSomeStoodStillHaveNoInterval() throws IOException {
        String one = runOf("read", 1000).toString();
        String none = runOf("read", 0).toString();
        String out = Cli.run("compare", one, none, "vs", one, one).assertOk().out();
        assertTrue(line(out, "read IOPS").matches(".* 500.00 +1,000 +2.000 +unknown"), out);
    }

    @Test
    void whyAFileCanNotBeReadIsToldInWords() throws IOException {
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0});
        String directoryName = directory.toString();
        for (String file : List.of("none.json", binary.toString(), directoryName)) {
            Cli.Result result = Cli.run("compare", file, file);
            result.assertError(2, file + " can't be read: ");
            assertFalse(result.err().contains("Exception"), result.err());
        }
    }

    private static double[] noisy(double mean, double deviation, long seed, int count) {
        Random random = new Random(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = mean * (1 + deviation * random.nextGaussian());
        }
        return values;
    }

    private String line(String out, String name) {
        return out.lines().filter(line -> line.contains(name)).findFirst().orElse("none: " + out);
    }

    @Test
    void oneRunEachIsJudgedByItsIntervals() throws IOException {
        Path a = run("a.json", 1000, noisy(1000, 0.02, 1, 50));
        Path b = run("b.json", 1100, noisy(1100, 0.02, 2, 50));
        Cli.Result result = Cli.run("compare", a.toString(), b.toString()).assertOk();
        String iops = line(result.out(), "read IOPS");
        assertTrue(iops.contains("1.100") && iops.endsWith("perhaps"), iops);
        String latency = line(result.out(), "read p99");
        assertTrue(latency.endsWith("unknown"), latency);
        assertTrue(result.out().contains("not known"), result.out());
    }

    /** The intervals' percentiles tell how sure that of the whole is, but are not its mean. */
    @Test
    void percentilesAreJudgedByThoseOfIntervals() {
        RatioInterval interval = RatioInterval.of(noisy(100, 0.1, 1, 10), noisy(100, 0.1, 2, 10));
        RatioInterval other = interval.around(2);
        assertEquals(2, Math.sqrt(other.low() * other.high()), 1e-9);
        assertEquals(interval.high() / interval.low(), other.high() / other.low(), 1e-9);
        assertFalse(other.isNoise());
    }

    @Test
    void runsOfThisCommandTellHowSureTheyAre() {
        List<String> files = new ArrayList<>();
        for (String name : List.of("a.json", "b.json")) {
            files.add(directory.resolve(name).toString());
            Cli.run(
                            "bench",
                            "-r",
                            "trtype:EMBEDDED size:1M",
                            "-t",
                            "3",
                            "-a",
                            "0",
                            "--rate",
                            "5000",
                            "--output-format=json",
                            "--output",
                            files.getLast())
                    .assertOk();
        }
        String out = Cli.run("compare", files.getFirst(), files.getLast()).assertOk().out();
        assertFalse(out.contains("unknown"), out);
        assertFalse(out.contains("Not the same"), out);
        assertTrue(line(out, "read p99.9").matches(".* (noise|perhaps)"), out);
    }

    @Test
    void severalRunsAreJudgedFromRunToRun() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("compare"));
        double[] ofA = {1000, 1050, 980};
        double[] ofB = {1010, 970, 1040};
        for (int i = 0; i < 3; i++) {
            arguments.add(run("a" + i, ofA[i]).toString());
        }
        arguments.add("vs");
        for (int i = 0; i < 3; i++) {
            arguments.add(run("b" + i, ofB[i]).toString());
        }
        Cli.Result result = Cli.run(arguments.toArray(String[]::new)).assertOk();
        String iops = line(result.out(), "read IOPS");
        assertTrue(iops.endsWith("noise"), iops);
    }

    @Test
    void whatIsNoRunIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("x.json"), "{\"a\": 1}");
        Cli.run("compare", file.toString(), file.toString()).assertError(2, "is no run's JSON");
        Cli.run("compare", "none.json", "none.json").assertError(2, "none.json can't be read");
        Cli.run("compare", "a", "b", "c").assertError(2, "write vs between");
    }

    /** Of many pairs that come from the same distribution, about one in twenty seems to differ. */
    @Test
    void falseAlarmsAreAsRareAsPromised() {
        int alarms = 0;
        int tries = 4000;
        for (int i = 0; i < tries; i++) {
            double[] a = noisy(1e6, 0.05, 2L * i, 4);
            double[] b = noisy(1e6, 0.05, 2L * i + 1, 6);
            alarms += RatioInterval.of(a, b).isNoise() ? 0 : 1;
        }
        assertEquals(0.05, (double) alarms / tries, 0.02);
    }
}
