// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The page's colours as people see them, also the colour-blind: the matrices are those of Machado,
 * Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency"
 * (2009), for the full deficiency; distances are CIE 1976's, of which 2.3 are just noticeable.
 */
class ColoursTest {
    private static final double LEAST_DISTANCE = 20;

    /** WCAG 2.1, 1.4.11 Non-text Contrast. */
    private static final double LEAST_CONTRAST = 3;

    private static final Map<String, double[]> EYES =
            Map.of(
                    "normal",
                    new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1},
                    "protanopia",
                    new double[] {
                        0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882,
                        -0.048116, 1.051998
                    },
                    "deuteranopia",
                    new double[] {
                        0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820,
                        0.042940, 0.968881
                    },
                    "tritanopia",
                    new double[] {
                        1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733,
                        0.691367, 0.303900
                    });

    @Test
    void coloursOfPercentilesCanBeToldApartByTheColourBlindToo() throws IOException {
        assertCanBeToldApart("p", 5);
    }

    @Test
    void coloursOfDirectionsCanBeToldApartByTheColourBlindToo() throws IOException {
        assertCanBeToldApart("c", 3);
    }

    private static void assertCanBeToldApart(String kind, int count) throws IOException {
        List<String> both = colours(kind + "\\d");
        assertEquals(2 * count, both.size(), "a light theme and a dark one");
        for (List<String> theme : List.of(both.subList(0, count), both.subList(count, 2 * count))) {
            EYES.forEach((name, eye) -> assertDistances(name, eye, theme));
        }
    }

    private static void assertDistances(String name, double[] eye, List<String> colours) {
        for (String one : colours) {
            for (String other : colours.subList(0, colours.indexOf(one))) {
                double distance = distance(lab(seen(eye, one)), lab(seen(eye, other)));
                assertTrue(
                        distance >= LEAST_DISTANCE,
                        "%s and %s, %s: %.1f".formatted(one, other, name, distance));
            }
        }
    }

    @Test
    void curvesStandOutFromTheirCard() throws IOException {
        List<String> cards = colours("card");
        for (String kind : List.of("p\\d", "c\\d")) {
            List<String> both = colours(kind);
            for (int i = 0; i < both.size(); i++) {
                double contrast = contrast(both.get(i), cards.get(2 * i / both.size()));
                assertTrue(contrast >= LEAST_CONTRAST, both.get(i) + ": " + contrast);
            }
        }
    }

    /** Values of report.css, the light theme's first. */
    private static List<String> colours(String name) throws IOException {
        try (InputStream css =
                Objects.requireNonNull(Page.class.getResourceAsStream("report.css"))) {
            String text = new String(css.readAllBytes(), StandardCharsets.UTF_8);
            return Pattern.compile("--" + name + ": (#[0-9a-f]{6});")
                    .matcher(text)
                    .results()
                    .map((MatchResult found) -> found.group(1))
                    .toList();
        }
    }

    /** Red, green and blue, linear, 0 to 1. */
    private static double[] seen(double[] eye, String colour) {
        double[] linear = linear(colour);
        double[] seen = new double[3];
        for (int i = 0; i < 3; i++) {
            double sum = 0;
            for (int j = 0; j < 3; j++) {
                sum += eye[3 * i + j] * linear[j];
            }
            seen[i] = Math.clamp(sum, 0.0, 1.0);
        }
        return seen;
    }

    /** Of sRGB, IEC 61966-2-1. */
    private static double[] linear(String colour) {
        double[] linear = new double[3];
        for (int i = 0; i < 3; i++) {
            double value = Integer.parseInt(colour, 1 + 2 * i, 3 + 2 * i, 16) / 255.0;
            linear[i] = value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
        }
        return linear;
    }

    private static double contrast(String one, String other) {
        double a = luminance(linear(one));
        double b = luminance(linear(other));
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    private static double luminance(double[] rgb) {
        return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    }

    /** CIELAB of linear sRGB, white being D65. */
    private static double[] lab(double[] rgb) {
        double x = (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.95047;
        double y = luminance(rgb);
        double z = (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.08883;
        return new double[] {116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))};
    }

    private static double f(double t) {
        return t > 216.0 / 24389 ? Math.cbrt(t) : t * 841 / 108 + 4.0 / 29;
    }

    private static double distance(double[] one, double[] other) {
        return Math.sqrt(
                Math.pow(one[0] - other[0], 2)
                        + Math.pow(one[1] - other[1], 2)
                        + Math.pow(one[2] - other[2], 2));
    }
}
