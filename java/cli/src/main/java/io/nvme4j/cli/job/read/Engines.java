// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.read;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * fio's I/O engines. A job of one that reads and writes blocks makes sense of a namespace as well,
 * whose transport id takes the place of the engine and of what it works on; all others are refused.
 */
final class Engines {
    /** The kernel's, and those of libraries for block devices. */
    private static final Pattern OF_BLOCKS =
            Pattern.compile(
                    "libaio|io_uring|io_uring_cmd|sync|psync|vsync|pvsync|pvsync2|posixaio|mmap|sg"
                            + "|solarisaio|windowsaio|guasi|syslet-rw|libzbc|libblkio|xnvme|rbd|nbd"
                            + "|libiscsi|libpmem|pmemblk|dev-dax|external:.*");

    private static final Pattern OF_NOTHING = Pattern.compile("null|cpp_null");

    private static final Pattern OWN = Pattern.compile("nvme4j|spdk|external:.*spdk_nvme.*");

    /** What the others do. */
    private static final Map<String, String> OTHERS = new LinkedHashMap<>();

    static {
        OTHERS.put("net|netsplice|rdma|librpma_.*", "sends messages between machines");
        OTHERS.put("splice", "moves data between files and pipes of the kernel");
        OTHERS.put("cpuio", "keeps processors busy");
        OTHERS.put("page_fault", "touches pages of memory");
        OTHERS.put("exec", "runs programs");
        OTHERS.put(
                "falloc|ftruncate|e4defrag|file(create|stat|delete|operation)|dir(create|stat|delete)",
                "works on a file system's files and directories");
        OTHERS.put(
                "http|rados|dfs|gfapi|gfapi_async|libhdfs|nfs|ime_.*",
                "works on objects or files of a storage service");
        OTHERS.put("libcufile|libhipfile", "moves data to and from a GPU's memory");
        OTHERS.put("mtd", "erases and writes raw flash memory");
    }

    private Engines() {}

    /** Whether a job of this engine names namespaces by their transport ids. */
    static boolean isOwn(String engine) {
        return OWN.matcher(engine).matches();
    }

    /** Whether it moves no data. */
    static boolean movesNothing(String engine) {
        return OF_NOTHING.matcher(engine).matches();
    }

    /** Why a job of it makes no sense of a namespace; empty if it does. */
    static Optional<String> refusal(String engine) {
        if (isOwn(engine) || movesNothing(engine) || OF_BLOCKS.matcher(engine).matches()) {
            return Optional.empty();
        }
        return Optional.of(
                OTHERS.entrySet().stream()
                        .filter(entry -> Pattern.matches(entry.getKey(), engine))
                        .map(entry -> "it " + entry.getValue() + ": this is no job for a namespace")
                        .findFirst()
                        .orElse("there is no such engine"));
    }
}
