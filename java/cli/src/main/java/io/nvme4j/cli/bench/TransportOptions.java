// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import io.nvme4j.AttachOptions;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.text.ByteSize;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.Map;

/** Has the options of spdk_nvme_perf's that are about buffers and transports. */
final class TransportOptions {
    private static final int CACHE_LINE = 64;

    /** These are options of job files, by the keys that -e has for them. */
    private static final Map<String, String> PROTECTION =
            Map.of("PRACT", "pi_act", "PRCHK", "pi_chk");

    @Option(
            names = {"-O", "--io-unit-size"},
            paramLabel = "<bytes>",
            converter = ByteSize.class,
            description =
                    "Each I/O's buffer is in pieces of this size, which don't touch. Default: one"
                            + " piece")
    private @Nullable Long unit;

    @Option(
            names = {"-A", "--buffer-alignment"},
            paramLabel = "<bytes>",
            converter = ByteSize.class,
            description = "Alignment of I/O buffers, a power of 2 from 64 on. Default: 4096")
    private @Nullable Long alignment;

    @Option(
            names = {"-C", "--max-completion-per-poll"},
            paramLabel = "<count>",
            description = "Completions that a poll reaps at most. Default: 0, all")
    private @Nullable Integer completions;

    @Option(
            names = {"-s", "--hugemem-size"},
            paramLabel = "<MiB>",
            description = "Hugepages that SPDK reserves. Default: 256")
    private @Nullable Integer memory;

    @Option(
            names = {"-N", "--no-shst-notification"},
            description = "The controller is not shut down at the end")
    private boolean noShutdown;

    @Option(
            names = {"-H", "--enable-tcp-hdgst"},
            description = "Header digests over TCP")
    private boolean headerDigest;

    @Option(
            names = {"-I", "--enable-tcp-ddgst"},
            description = "Data digests over TCP")
    private boolean dataDigest;

    @Option(
            names = {"-k", "--keepalive"},
            paramLabel = "<ms>",
            description = "Keep-alive timeout of fabrics. Default: 10000")
    private @Nullable Integer keepAlive;

    @Option(
            names = {"-g", "--mem-single-seg"},
            hidden = true,
            description = "It is so always")
    @SuppressWarnings("UnusedVariable") // holds anyway
    private boolean singleSegments;

    @Option(
            names = {"-i", "--shmem-grp-id"},
            paramLabel = "<id>",
            description =
                    "Processes with the same number share SPDK's hugepages and drives. Default:"
                            + " none do")
    private @Nullable Integer group;

    @Option(
            names = {"-e", "--metadata"},
            paramLabel = "<format>",
            description =
                    "Protection information: 'PRACT=1,PRCHK=GUARD|REFTAG|APPTAG', or a part of it."
                            + " Without PRACT=1 it is made and checked here as well")
    private @Nullable String metadata;

    @Option(
            names = {"-D", "--disable-sq-cmb"},
            hidden = true,
            description = "It is so always")
    @SuppressWarnings("UnusedVariable") // holds anyway
    private boolean queuesInHostMemory;

    TransportOptions() {}

    /**
     * Adds to a job what is part of one.
     *
     * @throws IllegalArgumentException if an option is wrong, or can't be meant here
     */
    void addTo(Settings job) {
        refuse(group != null && group < 0, "-i " + group, "a number is 0 or more");
        if (metadata != null) {
            addMetadata(job, metadata);
        }
        if (alignment != null) {
            boolean power = Long.bitCount(alignment) == 1 && alignment >= CACHE_LINE;
            refuse(!power, "-A " + alignment, "an alignment is a power of 2, and at least 64");
            job.put("iomem_align", alignment.toString(), "-A " + alignment);
        }
        if (unit != null) {
            refuse(unit <= 0 || unit % 4 != 0, "-O " + unit, "a piece is a multiple of 4 bytes");
            job.put("io_unit_size", unit.toString(), "-O " + unit);
        }
        if (completions != null) {
            job.put("max_completions", completions.toString(), "-C " + completions);
        }
        refuse(memory != null && memory <= 0, "-s " + memory, "a size is at least 1 MiB");
        refuse(keepAlive != null && keepAlive <= 0, "-k " + keepAlive, "at least 1 ms");
    }

    private static void addMetadata(Settings job, String format) {
        for (String part : format.split(",", -1)) {
            String[] pair = part.split("=", 2);
            String option = PROTECTION.get(pair[0]);
            refuse(
                    option == null || pair.length < 2,
                    "-e " + format,
                    "it is like 'PRACT=0,PRCHK=GUARD|REFTAG|APPTAG'");
            job.put(String.valueOf(option), pair[1], "-e " + format);
        }
    }

    private static void refuse(boolean condition, String option, String reason) {
        if (condition) {
            throw new IllegalArgumentException(option + ": " + reason);
        }
    }

    /** Tells how controllers are attached to. */
    AttachOptions attach() {
        AttachOptions options =
                AttachOptions.DEFAULT
                        .digests(headerDigest, dataDigest)
                        .shutdownNotification(!noShutdown);
        if (memory != null) {
            options = options.spdkMemory(memory);
        }
        if (group != null) {
            options = options.spdkSharedMemory(group);
        }
        return keepAlive == null ? options : options.keepAlive(Duration.ofMillis(keepAlive));
    }
}
