// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.text.Json;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/** A page that needs nothing else: data, and a script that draws them. */
public final class Page {
    private Page() {}

    /**
     * The page's text.
     *
     * @param data what report.js draws
     */
    public static String of(Map<String, Object> data) {
        // Inside a script element nothing may look like its end.
        String text = Json.compact(data).replace("<", "\\u003c");
        return resource("report.html")
                .replace("@CHARTS_STYLE@", chartLibrary("dist/uPlot.min.css"))
                .replace("@CHARTS_LICENCE@", chartLibrary("LICENSE"))
                .replace("@CHARTS_SCRIPT@", chartLibrary("dist/uPlot.iife.min.js"))
                .replace("@STYLE@", resource("report.css"))
                .replace("@SCRIPT@", resource("report.js"))
                .replace("@DATA@", text);
    }

    /**
     * When and where it was measured.
     *
     * @param transport one line about each controller
     */
    public static String subtitle(ZonedDateTime begin, List<String> transport) {
        return begin.format(DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm:ss z", Locale.ROOT))
                + " · "
                + String.join("; ", transport);
    }

    /** A file of uPlot's, from the jar that Maven gets, where its path has the version. */
    private static String chartLibrary(String file) {
        Properties about = new Properties();
        try {
            about.load(
                    new StringReader(
                            resource("/META-INF/maven/org.webjars.npm/uplot/pom.properties")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return resource(
                "/META-INF/resources/webjars/uplot/" + about.getProperty("version") + "/" + file);
    }

    private static String resource(String name) {
        try (InputStream stream =
                Objects.requireNonNull(Page.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " is not in the jar", e);
        }
    }

    /** What it runs on, as a table of facts. */
    public static List<Object> machine() {
        return facts("Machine", MachineFacts.read());
    }

    /** A table of facts. */
    public static List<Object> facts(String title, Map<String, String> facts) {
        return List.of(
                title,
                facts.entrySet().stream()
                        .map(fact -> List.of(fact.getKey(), fact.getValue()))
                        .toList());
    }
}
