// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class DepthsTest {
    /** Where fio's classes begin and end. */
    @Test
    void countsInFiosClasses() {
        Depths depths = new Depths(65);
        for (int count : new int[] {1, 2, 3, 4, 8, 16, 32, 63, 64, 65}) {
            depths.submitted(1, count);
        }
        assertArrayEquals(new double[] {10, 20, 10, 10, 10, 20, 20}, depths.levels(), 1e-9);
        for (int count : new int[] {1, 4, 5, 8, 9, 16, 17, 32, 33, 65}) {
            depths.completed(count);
        }
        assertArrayEquals(new double[] {0, 20, 20, 20, 20, 10, 10}, depths.completions(), 1e-9);
        assertArrayEquals(new double[] {0, 100, 0, 0, 0, 0, 0}, depths.submissions(), 1e-9);
    }

    /** Of queues that have different depths. */
    @Test
    void addsUpWhatIsDeeperAndWhatIsLess() {
        Depths shallow = new Depths(1);
        shallow.completed(1);
        Depths deep = new Depths(100);
        deep.completed(100);
        Depths sum = new Depths(0);
        sum.add(shallow);
        sum.add(deep);
        sum.add(shallow);
        sum.add(deep);
        assertArrayEquals(new double[] {0, 50, 0, 0, 0, 0, 50}, sum.completions(), 1e-9);
        sum.reset();
        assertArrayEquals(new double[7], sum.completions(), 1e-9);
    }
}
