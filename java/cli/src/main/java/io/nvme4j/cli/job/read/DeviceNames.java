// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.read;

import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the transport ids of a job in its ioengine and filename. */
final class DeviceNames {
    private static final long NULL_SIZE = 1L << 30;

    private DeviceNames() {}

    /**
     * The transport ids; none for the built-in controller.
     *
     * @param given on the command line: these come before what the job says
     */
    static List<String> of(Settings job, List<String> given) {
        String engine = job.text("ioengine", "nvme4j");
        Optional<String> refusal = Engines.refusal(engine);
        if (refusal.isPresent()) {
            job.wrong("ioengine", refusal.get());
            return List.of();
        }
        if (!given.isEmpty()) {
            return given;
        }
        if (Engines.movesNothing(engine)) {
            long size = Math.max(NULL_SIZE, job.bytes("size", 0) + 0xfff & ~0xfffL);
            return List.of("trtype:EMBEDDED traddr:null size:" + size);
        }
        if (!Engines.isOwn(engine)) {
            job.wrong(
                    "ioengine",
                    "this is an engine of the kernel's or another library's: " + REMEDY);
            return List.of();
        }
        return job.read("filename", List.of(), DeviceNames::parse);
    }

    private static final String REMEDY =
            "name a device by -r on the command line, which takes the place of ioengine and"
                    + " filename, or write ioengine=nvme4j and filename=trtype=... traddr=... ns=1";

    /**
     * Reads SPDK's form, {@code trtype=PCIe traddr=0000.01.00.0 ns=1}, in which keys end in an
     * equals sign and a PCI address has dots for colons, as fio takes colons for ends of names; and
     * the form of the command line's -r.
     */
    private static List<String> parse(Setting setting) {
        return Arrays.stream(setting.value().split(":(?=(?i:trtype)[:=])"))
                .map(name -> parse(setting, name.strip()))
                .toList();
    }

    private static String parse(Setting setting, String name) {
        if (!name.toLowerCase(Locale.ROOT).matches("(trtype|traddr)[:=].*")) {
            throw setting.wrong("'" + name + "' is no transport id: " + REMEDY);
        }
        String id =
                Arrays.stream(name.split("\\s+"))
                        .map(pair -> pair.replaceFirst("^(\\w+)=", "$1:"))
                        .collect(Collectors.joining(" "));
        String withType =
                id.toLowerCase(Locale.ROOT).contains("trtype:") ? id : "trtype:PCIe " + id;
        return withType.replaceFirst(
                "traddr:(\\p{XDigit}{4,8})\\.(\\p{XDigit}{1,2})\\.(\\p{XDigit}{1,2}\\.\\d)",
                "traddr:$1:$2:$3");
    }
}
