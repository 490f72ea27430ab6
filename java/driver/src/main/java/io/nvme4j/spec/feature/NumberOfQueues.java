// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec.feature;

/**
 * How many I/O queues a controller has ("Number of Queues").
 *
 * @param submissionQueues Number of I/O Submission Queues, 1 to 65,536
 * @param completionQueues Number of I/O Completion Queues, 1 to 65,536
 */
public record NumberOfQueues(int submissionQueues, int completionQueues) {
    private static final Field SUBMISSION =
            Field.zeroesBased("a number of I/O submission queues", 0, 16);
    private static final Field COMPLETION =
            Field.zeroesBased("a number of I/O completion queues", 16, 16);

    /** Checks that both numbers are 1 to 65,536. */
    public NumberOfQueues {
        SUBMISSION.check(submissionQueues);
        COMPLETION.check(completionQueues);
    }

    static NumberOfQueues of(int dword) {
        return new NumberOfQueues(SUBMISSION.get(dword), COMPLETION.get(dword));
    }

    int dword() {
        return SUBMISSION.put(submissionQueues) | COMPLETION.put(completionQueues);
    }
}
