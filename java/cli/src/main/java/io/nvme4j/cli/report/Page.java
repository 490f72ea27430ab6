// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import io.nvme4j.cli.text.Json;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A page that needs nothing else: data, and a script that draws them. */
public final class Page {
    private Page() {}

    /**
     * The page's text.
     *
     * @param data what report.js draws
     * @throws IOException if its parts can't be read
     */
    public static String of(Map<String, Object> data) throws IOException {
        // Inside a script element nothing may look like its end.
        String text = Json.compact(data).replace("<", "\\u003c");
        return resource("report.html")
                .replace("@STYLE@", resource("report.css").strip())
                .replace("@SCRIPT@", resource("report.js").strip())
                .replace("@DATA@", text);
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(Page.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What it runs on, as a table of facts. */
    public static List<Object> machine() {
        List<List<String>> machine = new ArrayList<>();
        MachineFacts.read().forEach((name, value) -> machine.add(List.of(name, value)));
        return List.of("Machine", machine);
    }
}
