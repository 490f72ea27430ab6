// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.situation;

import io.nvme4j.Controller;

import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * The JVM.
 *
 * @param feature its release, such as 25
 * @param version its version in full
 * @param home where it is installed
 * @param nativeAccess whether the library may call native code
 * @param arguments its options
 */
public record JavaRuntime(
        int feature, String version, String home, boolean nativeAccess, List<String> arguments) {
    /** The one that runs this. */
    public static JavaRuntime current() {
        return new JavaRuntime(
                Runtime.version().feature(),
                Runtime.version().toString(),
                System.getProperty("java.home"),
                Controller.class.getModule().isNativeAccessEnabled(),
                ManagementFactory.getRuntimeMXBean().getInputArguments());
    }
}
