// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.read;

import io.nvme4j.cli.job.Access;
import io.nvme4j.cli.job.BlockSizes;
import io.nvme4j.cli.job.Buffers;
import io.nvme4j.cli.job.Contents;
import io.nvme4j.cli.job.Delay;
import io.nvme4j.cli.job.ErrorPolicy;
import io.nvme4j.cli.job.Extent;
import io.nvme4j.cli.job.Flushing;
import io.nvme4j.cli.job.Grouping;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.LatencyGoal;
import io.nvme4j.cli.job.Limits;
import io.nvme4j.cli.job.ProtectionChecks;
import io.nvme4j.cli.job.Region;
import io.nvme4j.cli.job.SteadyStateGoal;
import io.nvme4j.cli.job.Verification;
import io.nvme4j.cli.job.option.JobOptions;
import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.option.Units;
import io.nvme4j.cli.job.workload.Direction;
import io.nvme4j.cli.job.workload.Workload;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Makes a job of its options. What is wrong with them is noted where the settings say. */
public final class JobReader {
    private static final long DEFAULT_BLOCK_SIZE = 4096;
    private static final int SMALLEST_BLOCK = 512;
    private static final String PER_POLL = "this is 0, for no limit, or more";

    private static final PatternReader.Parts NO_PATTERN =
            new PatternReader.Parts(List.of(), List.of());

    private final Settings settings;
    private final List<String> devices;

    private JobReader(Settings settings, List<String> devices) {
        this.settings = settings;
        this.devices = devices;
    }

    /**
     * Reads a job.
     *
     * @param devices transport ids of the command line, which come before what the job says
     */
    public static Job read(Settings settings, List<String> devices) {
        settings.all().forEach(setting -> check(settings, setting));
        settings.all().forEach(s -> JobOptions.note(s).ifPresent(note -> settings.note(s, note)));
        return new JobReader(settings, devices).job();
    }

    /** The names of the options that do something here. */
    public static List<String> options() {
        return JobOptions.used();
    }

    private static void check(Settings settings, Setting setting) {
        try {
            JobOptions.check(setting);
        } catch (IllegalArgumentException e) {
            settings.problem(String.valueOf(e.getMessage()));
        }
    }

    private Job job() {
        String base = settings.text("kb_base", "1024");
        if (!base.equals("1024") && !base.equals("1000")) {
            settings.wrong("kb_base", "it is 1024 or 1000");
        }
        Access access = new AccessReader(settings).access();
        int depth = settings.integer("iodepth", 1, 1, "a queue depth is at least 1");
        Verification verification = verification(access.workload());
        int perPoll = settings.integer("iodepth_batch_complete_max", 0, 0, PER_POLL);
        return new Job(
                settings.text("name", access.workload().name()),
                settings.asMap(),
                DeviceNames.of(settings, devices),
                access,
                Direction.each(this::blockSizes),
                region(),
                limits(),
                depth,
                settings.flag("atomic", false),
                Flushing.read(settings),
                Batches.read(settings, depth),
                settings.integer("numjobs", 1, 1, "there is at least one of each job"),
                processors(),
                settings.integer("num_qpairs", 1, 1, "a namespace takes at least 1 queue pair"),
                settings.integer("max_completions", perPoll, 0, PER_POLL),
                new PacingReader(settings, access).pacing(),
                settings.flag("track_latency", settings.flag("slat_percentiles", false)),
                latencyGoal(),
                steadyStateGoal(),
                verification,
                settings.read("integrity", Optional.empty(), JobReader::ledger),
                buffers(verification),
                ProtectionChecks.read(settings),
                errorPolicy(),
                Grouping.read(settings),
                percentiles(),
                settings.notes());
    }

    private BlockSizes blockSizes(Direction direction) {
        int base = settings.kiloBase();
        BlockSizes fixed =
                settings.readPart(
                        "bs",
                        direction,
                        BlockSizes.fixed(DEFAULT_BLOCK_SIZE),
                        (s, text) -> BlockSizes.fixed(BlockSizes.size(s, text, base)));
        BlockSizes range =
                settings.readPart(
                        "bsrange", direction, fixed, (s, text) -> BlockSizes.range(s, text, base));
        return settings.readPart(
                "bssplit", direction, range, (s, text) -> BlockSizes.split(s, text, base));
    }

    private Region region() {
        Extent size = extent("filesize", extent("size", Extent.NOTHING));
        return new Region(
                extent("offset", Extent.NOTHING),
                extent("offset_increment", Extent.NOTHING),
                settings.bytes("offset_align", 0),
                size);
    }

    private Extent extent(String name, Extent otherwise) {
        return settings.read(name, otherwise, s -> Extent.read(s, settings.kiloBase()));
    }

    private Limits limits() {
        long runtime = settings.time("runtime", 0, Units.SECOND);
        boolean timeBased = settings.flag("time_based", false);
        if (timeBased && runtime == 0) {
            settings.find("time_based").ifPresent(s -> settings.note(s, "it needs a runtime"));
        }
        return new Limits(
                settings.read("startdelay", new Delay(0, 0), Delay::read),
                settings.time("ramp_time", 0, Units.SECOND),
                runtime,
                timeBased && runtime > 0,
                extent("io_size", amount()),
                settings.integer("loops", 1, 1, "a job runs at least once"),
                extent("number_ios", Extent.NOTHING));
    }

    /** Of a file, its size is the region, and size how much of that is moved. */
    private Extent amount() {
        Extent file = extent("filesize", Extent.NOTHING);
        Extent amount = file.isNothing() ? file : extent("size", Extent.NOTHING);
        boolean isAll = file.bytes() > 0 && amount.bytes() >= file.bytes();
        return isAll ? Extent.NOTHING : amount;
    }

    private List<Integer> processors() {
        String policy = settings.text("cpus_allowed_policy", "shared");
        if (!policy.equals("shared") && !policy.equals("split")) {
            settings.wrong("cpus_allowed_policy", "it is shared or split");
        }
        List<Integer> byNode = settings.read("numa_cpu_nodes", List.of(), NumaNodes::processors);
        List<Integer> byMask =
                settings.read(
                        "core_mask",
                        settings.read("cpumask", byNode, JobReader::byMask),
                        s -> processors(s, s.value()));
        return settings.read(
                "cpus_allowed", byMask, s -> processors(s, "[" + s.value().strip() + "]"));
    }

    private static List<Integer> byMask(Setting setting) {
        return processors(setting, Integer.toHexString(Units.integer(setting)));
    }

    private static List<Integer> processors(Setting setting, String mask) {
        List<Integer> chosen;
        try {
            chosen = Processors.parse(mask);
        } catch (IllegalArgumentException e) {
            throw setting.wrong(String.valueOf(e.getMessage()));
        }
        List<Integer> allowed = Processors.allowed(Path.of("/proc/self/status"));
        for (int processor : chosen) {
            if (!allowed.isEmpty() && !allowed.contains(processor)) {
                throw setting.wrong(
                        "there is no processor %d for this process, which may use %s"
                                .formatted(processor, allowed));
            }
        }
        return chosen;
    }

    private Optional<LatencyGoal> latencyGoal() {
        long target = settings.time("latency_target", 0, Units.MICROSECOND);
        if (target == 0) {
            return Optional.empty();
        }
        long window = settings.time("latency_window", Units.SECOND, Units.MICROSECOND);
        if (window == 0) {
            settings.wrong("latency_window", "it is above 0");
        }
        double percentile =
                settings.read("latency_percentile", 100.0, s -> percentile(s, s.value()));
        return Optional.of(
                new LatencyGoal(target, window, percentile, settings.flag("latency_run", false)));
    }

    private Optional<SteadyStateGoal> steadyStateGoal() {
        long duration = settings.time("steadystate_duration", 0, Units.SECOND);
        long ramp = settings.time("steadystate_ramp_time", 0, Units.SECOND);
        long interval = settings.time("steadystate_check_interval", Units.SECOND, Units.SECOND);
        if (interval < Units.SECOND) {
            settings.wrong("steadystate_check_interval", "it is 1 second or more");
        }
        return settings.read(
                "steadystate",
                Optional.empty(),
                s -> {
                    if (duration == 0) {
                        throw s.wrong("it needs a steadystate_duration");
                    }
                    return Optional.of(SteadyStateGoal.read(s, duration, ramp, interval));
                });
    }

    private Verification verification(Workload workload) {
        Verification.Kind otherwise =
                settings.has("integrity") ? Verification.Kind.CRC32C : Verification.Kind.NONE;
        Verification.Kind kind = settings.read("verify", otherwise, Verification::kind);
        if (kind == Verification.Kind.NONE) {
            return Verification.NONE;
        }
        boolean isPattern = kind == Verification.Kind.PATTERN;
        PatternReader.Parts pattern =
                isPattern
                        ? settings.read("verify_pattern", NO_PATTERN, PatternReader::read)
                        : NO_PATTERN;
        if (isPattern && pattern.bytes().isEmpty()) {
            settings.wrong("verify", "verify=pattern needs a verify_pattern");
        }
        if (isPattern && settings.has("integrity")) {
            settings.wrong(
                    "verify",
                    "a pattern leaves no room for the marks of the ledger's blocks: use crc32c,"
                            + " with which verify_pattern is what is behind the marks");
        }
        if (settings.has("io_unit_size")) {
            settings.wrong("io_unit_size", "buffers in pieces can't be verified");
        }
        if (workload.has(Direction.TRIM)) {
            settings.wrong(
                    settings.has("verify") ? "verify" : "integrity",
                    "what was deallocated can't be verified: use write or rw");
        }
        if (settings.bytes("verify_interval", 0) % SMALLEST_BLOCK != 0) {
            settings.wrong("verify_interval", "each block has a mark: use a multiple of its size");
        }
        int backlog = settings.integer("verify_backlog", 0, 0, "a number of writes");
        int batch = settings.integer("verify_backlog_batch", backlog, 1, "at least 1");
        return new Verification(
                kind,
                pattern.bytes(),
                pattern.offsets(),
                settings.flag("do_verify", true),
                backlog,
                Math.min(batch, backlog),
                settings.flag("verify_fatal", false));
    }

    private List<Byte> pattern(String name, List<Byte> otherwise) {
        return settings.read(name, otherwise, PatternReader::readBytes);
    }

    private static Optional<Path> ledger(Setting setting) {
        if (setting.value().isBlank()) {
            throw setting.wrong("name a file for the ledger");
        }
        return Optional.of(Path.of(setting.value()));
    }

    private Buffers buffers(Verification verification) {
        // Behind marks, a pattern to verify is what the blocks are filled with.
        List<Byte> toVerify =
                verification.pattern().isEmpty()
                        ? pattern("verify_pattern", List.of())
                        : verification.pattern();
        List<Byte> pattern =
                settings.flag("zero_buffers", false)
                        ? List.of((byte) 0)
                        : pattern("buffer_pattern", toVerify);
        return new Buffers(
                pattern,
                settings.read("iomem_align", Buffers.PAGE, this::alignment),
                settings.read("numa_mem_policy", -1, NumaNodes::memory),
                settings.bytes("io_unit_size", 0),
                Contents.read(settings));
    }

    private long alignment(Setting setting) {
        long bytes = Units.bytes(setting, setting.value(), settings.kiloBase());
        if (Long.bitCount(bytes) != 1) {
            throw setting.wrong("an alignment is a power of 2");
        }
        return bytes;
    }

    private ErrorPolicy errorPolicy() {
        ErrorPolicy policy =
                settings.read("continue_on_error", ErrorPolicy.STRICT, ErrorPolicy::read);
        int every = settings.integer("error_interval", 1, 1, "at least 1");
        return new ErrorPolicy(policy.tolerated(), policy.toleratesWrongData(), every);
    }

    private List<Double> percentiles() {
        return settings.read(
                "percentile_list",
                List.of(),
                s ->
                        Arrays.stream(s.value().split(":", -1))
                                .map(text -> percentile(s, text))
                                .sorted()
                                .distinct()
                                .toList());
    }

    private static double percentile(Setting setting, String text) {
        double value = Units.decimal(setting, text);
        if (value <= 0 || value > 100) {
            throw setting.wrong("a percentile is above 0 and at most 100");
        }
        return value;
    }
}
