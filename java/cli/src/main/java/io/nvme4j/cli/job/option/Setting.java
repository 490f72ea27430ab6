// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.option;

/**
 * An option as it was given.
 *
 * @param name as the job file has it, in its principal spelling
 * @param value text; "1" where there was none
 * @param origin what a message about it begins with: {@code "-q 0"}, {@code "job.fio:3: bs=4q"}
 */
public record Setting(String name, String value, String origin) {
    /** One of a job file. */
    static Setting ofFile(String file, int line, String name, String value) {
        return new Setting(name, value, file + ":" + line + ": " + name + "=" + value);
    }

    /** One that was written as {@code name=value} or {@code name} elsewhere. */
    public static Setting of(String text) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        String value = equals < 0 ? "1" : text.substring(equals + 1);
        return new Setting(
                JobOptions.principalName(name.strip()), Variables.expand(value.strip()), text);
    }

    /** Says what is wrong with it. */
    public IllegalArgumentException wrong(String message) {
        return new IllegalArgumentException(origin + ": " + message);
    }
}
