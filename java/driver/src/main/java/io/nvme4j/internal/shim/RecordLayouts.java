// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.internal.shim;

import io.nvme4j.internal.shim.generated.n4j_completion;
import io.nvme4j.internal.shim.generated.n4j_fragment;
import io.nvme4j.internal.shim.generated.n4j_submission;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The records' layouts as these classes know them, as numbers that the library can be asked for.
 */
final class RecordLayouts {
    private RecordLayouts() {}

    /**
     * Size, then the offset of each field in order; submission record, completion record, fragment.
     */
    static int[] numbers() {
        return Stream.of(n4j_submission.layout(), n4j_completion.layout(), n4j_fragment.layout())
                .flatMapToInt(RecordLayouts::numbers)
                .toArray();
    }

    private static IntStream numbers(MemoryLayout layout) {
        GroupLayout group = (GroupLayout) layout;
        IntStream offsets =
                group.memberLayouts().stream()
                        .flatMap(member -> member.name().stream())
                        .map(MemoryLayout.PathElement::groupElement)
                        .mapToInt(element -> (int) group.byteOffset(element));
        return IntStream.concat(IntStream.of((int) group.byteSize()), offsets);
    }
}
