// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

/** What a finding is. */
public enum Verdict {
    /** As it should be. */
    OK("ok"),
    /** Works, but is slow, risky, or will stop working; or isn't needed for what is wanted. */
    WARNING("warning"),
    /** Keeps nvme4j from attaching. */
    ERROR("error"),
    /** Doesn't matter on this machine, or for what is wanted. */
    NOT_APPLICABLE("n/a");

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
