// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** How the machine's processors have spent their time since it booted, in the kernel's ticks. */
public final class CoreTimes {
    /** Where the kernel says it. */
    public static final Path STAT = Path.of("/proc/stat");

    private static final Pattern CORE = Pattern.compile("cpu\\d+ .*");

    private record Times(long user, long system, long idle) {
        long all() {
            return user + system + idle;
        }
    }

    private final TreeMap<Integer, Times> cores = new TreeMap<>();

    private CoreTimes() {}

    /** Of now; of no processor where the kernel does not say. */
    public static CoreTimes read(Path stat) {
        CoreTimes times = new CoreTimes();
        try {
            for (String line : Files.readAllLines(stat)) {
                if (CORE.matcher(line).matches()) {
                    times.add(line.substring(3).split(" +", -1));
                }
            }
        } catch (IOException e) {
            times.cores.clear();
        }
        return times;
    }

    /** Number, then user, nice, system, idle, iowait, irq, softirq, steal. */
    private void add(String[] fields) {
        long[] ticks = new long[9];
        for (int i = 1; i < Math.min(ticks.length, fields.length); i++) {
            ticks[i] = Long.parseLong(fields[i]);
        }
        long user = ticks[1] + ticks[2];
        long system = ticks[3] + ticks[6] + ticks[7];
        long idle = ticks[4] + ticks[5] + ticks[8];
        cores.put(Integer.parseInt(fields[0]), new Times(user, system, idle));
    }

    /** What has happened since an earlier reading. */
    public List<CoreUse> since(CoreTimes earlier) {
        List<CoreUse> uses = new ArrayList<>();
        cores.forEach(
                (number, now) -> {
                    Times then = earlier.cores.get(number);
                    if (then != null && now.all() > then.all()) {
                        double all = now.all() - then.all();
                        uses.add(
                                new CoreUse(
                                        number,
                                        100 * (now.user() - then.user()) / all,
                                        100 * (now.system() - then.system()) / all));
                    }
                });
        return uses;
    }
}
