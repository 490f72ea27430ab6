// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.look;

import io.nvme4j.cli.text.ByteSize;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Things to say about something, each once for people and once for programs. */
final class Facts {
    private final String title;
    private final List<Fact> facts = new ArrayList<>();

    /**
     * @param key in JSON
     * @param value in JSON
     * @param label in text
     * @param text in text
     */
    private record Fact(String key, Object value, String label, String text) {}

    /**
     * @param title heading of the text
     */
    Facts(String title) {
        this.title = title;
    }

    /** A fact that reads the same to both. */
    Facts add(String key, String label, Object value) {
        return add(key, label, value, value.toString());
    }

    /** A fact that people read otherwise. */
    Facts add(String key, String label, Object value, String text) {
        facts.add(new Fact(key, value, label, text));
        return this;
    }

    /** A fact that is yes or no. */
    Facts add(String key, String label, boolean value) {
        return add(key, label, value, value ? "yes" : "no");
    }

    /** A number of bytes. */
    Facts addBytes(String key, String label, long bytes) {
        String text = bytes < 1024 ? bytes + " bytes" : bytes + " bytes, " + ByteSize.format(bytes);
        return add(key, label, bytes, text);
    }

    /** Prints title and facts, one a line. */
    void print(PrintWriter out) {
        int width = facts.stream().mapToInt(fact -> fact.label.length()).max().orElse(0);
        out.println(title);
        for (Fact fact : facts) {
            out.println(
                    "  " + fact.label + " ".repeat(width - fact.label.length() + 2) + fact.text);
        }
    }

    /** For a JSON document. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        facts.forEach(fact -> map.put(fact.key, fact.value));
        return map;
    }
}
