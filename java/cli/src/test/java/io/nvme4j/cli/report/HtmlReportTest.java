// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.cli.Cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The page, as a browser shows it. */
class HtmlReportTest {
    private static final int TIMEOUT_SECONDS = 60;

    @TempDir private Path directory;

    private Path page(String workload, String seconds) {
        Path page = directory.resolve("run.html");
        Cli.run(
                        "bench",
                        "-r",
                        "trtype:EMBEDDED size:1M",
                        "-w",
                        workload,
                        "-t",
                        seconds,
                        "-a",
                        "0",
                        "--report",
                        page.toString())
                .assertOk();
        return page;
    }

    private static Optional<String> browser() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(
                        name ->
                                Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                                        .map(path -> Path.of(path, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /** The document after its script ran, or else what went wrong on the console. */
    private record Shown(String document, String console) {}

    private Shown show(String browser, Path page) throws IOException, InterruptedException {
        Path out = directory.resolve("document");
        Path err = directory.resolve("console");
        Process process =
                new ProcessBuilder(
                                browser,
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--enable-logging=stderr",
                                "--user-data-dir=" + directory.resolve("profile"),
                                "--dump-dom",
                                page.toUri().toString())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        try {
            assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), "it does not end");
        } finally {
            process.destroyForcibly().waitFor();
        }
        String console =
                String.join(
                        "\n",
                        Files.readString(err).lines().filter(l -> l.contains("CONSOLE")).toList());
        return new Shown(Files.readString(out), console);
    }

    @Test
    void needsNothingFromElsewhere() throws IOException {
        String text =
                Files.readString(page("randrw", "1")).replace("http://www.w3.org/2000/svg", "");
        assertFalse(text.contains("http:") || text.contains("https:"), "it refers to the network");
        assertFalse(text.contains("@DATA@") || text.contains("@SCRIPT@"), "a part is missing");
    }

    @Test
    void browserDrawsEveryPlot() throws Exception {
        Optional<String> browser = browser();
        assumeTrue(browser.isPresent(), "no chromium on the PATH: the page was not looked at");
        Shown shown = show(browser.orElseThrow(), page("randrw", "1"));
        assertEquals("", shown.console());
        assertTrue(shown.document().contains("data-plots=\"6\""), "not all plots were drawn");
        for (String title :
                List.of(
                        "IOPS over time",
                        "Bandwidth over time",
                        "Latency over time: read",
                        "Latency over time: write",
                        "Latency distribution",
                        "Heat map",
                        "Machine")) {
            assertTrue(shown.document().contains(title), title + " is missing");
        }
        assertFalse(shown.document().contains("NaN"), "a number is none");
        assertFalse(shown.document().contains("class=\"none\""), "a plot is empty");
    }

    /** What is special about each is drawn too, and nothing that isn't there. */
    @ParameterizedTest
    @CsvSource({
        "1, -w randrw -d 2",
        "1, -w randread -d 1",
        "1, -w randread -L --rate 1000",
        "1, -w randtrim -q 1",
        "3, --sweep w=randread;randwrite"
    })
    void browserDrawsUnusualRuns(int least, String options) throws Exception {
        Optional<String> browser = browser();
        assumeTrue(browser.isPresent(), "no chromium on the PATH: the page was not looked at");
        Path page = directory.resolve("run.html");
        List<String> arguments =
                new ArrayList<>(List.of("bench", "-r", "trtype:EMBEDDED size:1M", "-a", "0"));
        arguments.addAll(List.of("-t", "1", "--report", page.toString()));
        arguments.addAll(List.of(options.replace(';', ',').split(" ", -1)));
        Cli.run(arguments.toArray(String[]::new)).assertOk();
        Shown shown = show(browser.orElseThrow(), page);
        assertEquals("", shown.console());
        Matcher plots = Pattern.compile("data-plots=\"(\\d+)\"").matcher(shown.document());
        assertTrue(plots.find() && Integer.parseInt(plots.group(1)) >= least, shown.document());
        assertFalse(shown.document().contains("NaN"), "a number is none");
        assertEquals(
                options.contains("-L"), shown.document().contains("of it the device"), options);
    }

    @Test
    void browserDrawsASweep() throws Exception {
        Optional<String> browser = browser();
        assumeTrue(browser.isPresent(), "no chromium on the PATH: the page was not looked at");
        Path page = directory.resolve("sweep.html");
        Cli.run(
                        "bench",
                        "-r",
                        "trtype:EMBEDDED size:1M",
                        "--sweep",
                        "q=1..4 o=512,4k",
                        "-t",
                        "1",
                        "-a",
                        "0",
                        "--report",
                        page.toString())
                .assertOk();
        Shown shown = show(browser.orElseThrow(), page);
        assertEquals("", shown.console());
        assertTrue(shown.document().contains("data-plots=\"3\""), "not all plots were drawn");
        int knees = shown.document().split("class=\"knee\"", -1).length - 1;
        assertEquals(6, knees, "a knee in each plot for each size");
        assertFalse(shown.document().contains("NaN"), "a number is none");
    }
}
