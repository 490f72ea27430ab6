// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of a label, a direction, and numbers in columns that are as wide as they need to be. */
final class NumberTable {
    private static final int GAP = 2;

    private final List<List<String>> rows = new ArrayList<>();

    void add(String label, String direction, String... cells) {
        List<String> row = new ArrayList<>(List.of(label, direction));
        row.addAll(List.of(cells));
        rows.add(row);
    }

    /** An empty row. */
    void addGap() {
        rows.add(List.of());
    }

    void print(PrintWriter out) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                String padding = " ".repeat(width(column) - cell.length());
                line.append(" ".repeat(column == 0 ? 0 : GAP));
                line.append(column < 2 ? cell + padding : padding + cell);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private int width(int column) {
        return rows.stream()
                .filter(row -> row.size() > column)
                .mapToInt(row -> row.get(column).length())
                .max()
                .orElse(0);
    }
}
