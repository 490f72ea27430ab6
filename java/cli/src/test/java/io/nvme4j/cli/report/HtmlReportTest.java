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
                                "--virtual-time-budget=1000", // timers of the page's end before
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
        String text = Files.readString(page("randrw", "1"));
        String links =
                text.replace("/*! https://github.com/leeoniya/uPlot", ""); // says whose it is
        assertFalse(
                links.contains("http:") || links.contains("https:"), "it refers to the network");
        assertTrue(text.contains("content=\"default-src 'none'; "), "it may load what it likes");
        assertFalse(Pattern.compile("@[A-Z_]+@").matcher(text).find(), "a part is missing");
    }

    @Test
    void theChartLibraryIsInsideWithItsLicenceAndIsSmall() throws IOException {
        String text = Files.readString(page("randrw", "1"));
        assertTrue(text.contains("The MIT License (MIT)"), "its licence is not there");
        assertTrue(text.contains("Copyright (c) 2022 Leon Sorokin"), "nor is whose it is");
        int data = text.indexOf("id=\"data\"");
        int size = text.length() - (text.indexOf("</script>", data) - data);
        assertTrue(size < 200_000, size + " bytes that are not data");
    }

    /**
     * What a script finds that is run in the page once its plots are there. It moves the pointer in
     * a plot with {@code at}, and waits for what becomes of that with {@code drawn}.
     */
    private String ask(String script) throws IOException, InterruptedException {
        Optional<String> browser = browser();
        assumeTrue(browser.isPresent(), "no chromium on the PATH: the page was not looked at");
        String asking =
                """
                <script>
                const at = (u, type, x) => u.over.dispatchEvent(new MouseEvent(type, {
                  bubbles: true, view: window, movementX: 1, clientX: x + u.over.getBoundingClientRect().left,
                  clientY: 60 + u.over.getBoundingClientRect().top }));
                const drawn = () => new Promise(done => setTimeout(done, 20));
                (async () => {
                await drawn();
                %s
                })().then(answer => { document.body.dataset.answer = answer; });
                </script>
                </body>
                """
                        .formatted(script);
        Path page = page("randread", "2");
        Files.writeString(page, Files.readString(page).replace("</body>", asking));
        Shown shown = show(browser.orElseThrow(), page);
        assertEquals("", shown.console());
        Matcher answer = Pattern.compile("data-answer=\"([^\"]*)\"").matcher(shown.document());
        assertTrue(answer.find(), "it does not answer");
        return answer.group(1);
    }

    @Test
    void aTooltipHasTheValuesUnderThePointer() throws Exception {
        String answer =
                ask(
                        """
                        const u = charts[2], middle = Math.floor(u.data[0].length / 2);
                        at(u, 'mouseenter', 1);
                        at(u, 'mousemove', u.valToPos(u.data[0][middle], 'x'));
                        await drawn();
                        const expected = [digits(u.data[0][middle]) + ' s'].concat(
                            data.percentiles.map(p => p + '  ' + micros(data.series.read[p][middle])));
                        const told = tip.textContent, isShown = !tip.hidden;
                        at(u, 'mouseleave', 1);
                        await drawn();
                        return isShown && tip.hidden && told === expected.join('\\n') ? 'yes' : told;
                        """);
        assertEquals("yes", answer);
    }

    @Test
    void draggingZoomsEveryPlotOfTimeAndADoubleClickShowsAllAgain() throws Exception {
        String answer =
                ask(
                        """
                        const timed = charts.filter(u => u.axes[0].label === 's'), all = u => u.scales.x.max;
                        const whole = timed.map(all), u = timed[0];
                        at(u, 'mouseenter', 50);
                        at(u, 'mousemove', 50);
                        at(u, 'mousedown', 50);
                        at(u, 'mousemove', 200);
                        at(u, 'mouseup', 200);
                        await drawn();
                        const zoomed = timed.map(all);
                        at(u, 'dblclick', 100);
                        await drawn();
                        return [timed.length, whole.every((w, i) => zoomed[i] < w),
                            whole.every((w, i) => timed[i].scales.x.max === w)].join();
                        """);
        assertEquals("4,true,true", answer);
    }

    @Test
    void aClickInTheLegendHidesACurveAndShowsItAgain() throws Exception {
        String answer =
                ask(
                        """
                        const u = charts[2], max = [...u.root.querySelectorAll('.u-series')]
                            .find(row => row.textContent === 'max');
                        const shown = () => u.series.map(one => +one.show).join('');
                        const before = shown();
                        max.querySelector('th').click();
                        const hidden = shown();
                        max.querySelector('th').click();
                        return [before, hidden, shown()].join();
                        """);
        assertEquals("111111,111110,111111", answer);
    }

    /** Of several spans, from less than a step to more than there is room for. */
    @Test
    void logarithmicAxesHaveTheirTicksAtOneTwoAndFive() throws Exception {
        String answer =
                ask(
                        """
                        const found = [];
                        for (const [low, high] of [[0.3, 0.4], [20, 20], [7, 1100], [0.01, 1e6]]) {
                          const [from, to] = logarithmic.scale.range(null, low, high);
                          const ticks = logarithmic.axis.splits(null, 1, from, to);
                          if (from > low || to < high || ticks[0] !== from || ticks[ticks.length - 1] !== to)
                            found.push('range ' + from + ' to ' + to);
                          found.push(ticks.length);
                          for (const tick of ticks)
                            if (!/^[125]e/.test(tick.toExponential())) found.push('tick ' + tick);
                        }
                        for (const tick of charts[2].axes[1]._splits)
                          if (!/^[125]e/.test(tick.toExponential())) found.push('drawn ' + tick);
                        return found.join();
                        """);
        assertEquals("2,2,9,25", answer);
    }

    private static void assertNoNumberIsNone(Shown shown) {
        String drawn = shown.document().replaceAll("(?s)<script>.*?</script>", "");
        assertFalse(drawn.contains("NaN"), "a number is none");
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
        assertNoNumberIsNone(shown);
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
        assertNoNumberIsNone(shown);
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
        assertNoNumberIsNone(shown);
    }
}
