// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.sweep;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.Consumer;

/**
 * The states of a course, from its last point to its first, each image once: so each is checked
 * against the most that was promised when it could still come. Thread-safe.
 */
final class States {
    private final List<Point> points;
    private final int mostOfPoint;
    private final long seed;

    /* Guarded by this. */
    private final Image image;
    private final ImageSet images = new ImageSet();
    private final Queue<State> found = new ArrayDeque<>(); // of the point before, and not taken
    private int left;
    private double possible;

    /**
     * @param mostOfPoint states of a point at most; where there are more, some are drawn
     */
    States(Recording recording, Points.Course course, int mostOfPoint, long seed) {
        this.points = course.points();
        this.image = new Image(recording, course, version -> {});
        this.mostOfPoint = mostOfPoint;
        this.seed = seed;
        this.left = points.size();
    }

    /** A state. */
    static final class State {
        private final int point;
        private final Choices choices;
        private final int[] choice;

        /**
         * @param point number of its point
         */
        State(int point, Choices choices, int[] choice) {
            this.point = point;
            this.choices = choices;
            this.choice = choice;
        }

        int point() {
            return point;
        }

        Choices choices() {
            return choices;
        }

        /** The outcomes, by component. */
        int[] choice() {
            return choice;
        }
    }

    /** The next ones, of the same point as those before or of earlier ones; none at the end. */
    synchronized List<State> next(int most) {
        while (found.isEmpty() && left > 0) {
            find(--left);
        }
        List<State> next = new ArrayList<>();
        while (!found.isEmpty() && next.size() < most) {
            next.add(found.remove());
        }
        return next;
    }

    private void find(int number) {
        Point point = points.get(number);
        Choices choices = new Choices(point);
        image.goTo(number);
        Consumer<int[]> once =
                state -> {
                    choices.put(image, state);
                    if (images.add(image.high(), image.low())) {
                        found.add(new State(number, choices, state.clone()));
                    }
                };
        possible += choices.states();
        if (choices.states() <= mostOfPoint) {
            choices.forAll(once);
        } else {
            choices.forSome(mostOfPoint, new Random(seed + number), once);
        }
    }

    /** All states of the points so far, equal images of several points counted again. */
    synchronized double possible() {
        return possible;
    }
}
