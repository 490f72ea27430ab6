// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.text;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of cells in columns that are as wide as they need to be. */
public final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(String... heads) {
        rows.add(List.of(heads));
    }

    /** A cell that may be empty. */
    public static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    public void add(Object... cells) {
        rows.add(Arrays.stream(cells).map(Object::toString).toList());
    }

    public boolean isEmpty() {
        return rows.size() == 1;
    }

    public void print(PrintWriter out) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                line.append("  ").append(cell).append(" ".repeat(width(column) - cell.length()));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
