// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.option;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which of fio's options there are. Four kinds: those that do something here; those that change
 * nothing because what they ask for holds anyway, some with certain values only; those that change
 * nothing as a namespace is no file of a kernel's, of which the user is told; and all others, which
 * are refused by name, with a reason where there is a better one than that nobody wrote it.
 */
public final class JobOptions {
    private static final Map<String, String> ALIASES =
            pairs(
                    """
                    readwrite rw
                    blocksize bs
                    blocksize_range bsrange
                    blockalign ba
                    timeout runtime
                    io_limit io_size
                    fileoffset offset
                    wait_for_previous stonewall
                    ss steadystate
                    ss_dur steadystate_duration
                    ss_ramp steadystate_ramp_time
                    nr_files nrfiles
                    ratemin rate_min
                    threads thread
                    mem_align iomem_align
                    disable_bw disable_bw_measurement
                    iodepth_batch_submit iodepth_batch
                    iodepth_batch_complete iodepth_batch_complete_min
                    ratecycle rate_cycle
                    ss_interval steadystate_check_interval
                    """);

    private static final Set<String> USED =
            words(
                    """
                    name description ioengine filename group_reporting stonewall new_group exitall
                    rw rwmixread rwmixwrite rw_sequencer percentage_random
                    bs bsrange bssplit ba size io_size filesize offset offset_increment offset_align
                    number_ios loops
                    iodepth numjobs startdelay runtime time_based ramp_time
                    random_distribution norandommap randseed randrepeat allrandrepeat
                    rate rate_iops rate_process thinktime thinktime_blocks thinktime_blocks_type
                    latency_target latency_window latency_percentile latency_run
                    steadystate steadystate_duration steadystate_ramp_time
                    verify do_verify verify_backlog verify_backlog_batch verify_pattern verify_fatal
                    verify_interval
                    zero_buffers buffer_pattern iomem_align
                    continue_on_error cpus_allowed cpumask cpus_allowed_policy
                    percentile_list slat_percentiles kb_base
                    num_qpairs max_completions io_unit_size core_mask error_interval
                    total_rate_iops integrity track_latency pi_act pi_chk
                    rate_min rate_iops_min rate_cycle flow flow_id flow_sleep
                    wait_for exit_what numa_cpu_nodes numa_mem_policy steadystate_check_interval
                    write_bw_log write_iops_log write_lat_log atomic
                    fsync fdatasync end_fsync fsync_on_close sync writefua readfua
                    iodepth_batch iodepth_batch_complete_min iodepth_batch_complete_max iodepth_low
                    apptag apptag_mask
                    refill_buffers buffer_compress_percentage buffer_compress_chunk
                    dedupe_percentage dedupe_mode dedupe_working_set_percentage dedupe_global
                    zonesize zonerange zoneskip random_sequence_stride
                    """);

    /** What these ask for holds anyway, with values that the pattern matches. */
    private static final Map<String, String> HOLDS_ANYWAY =
            pairs(
                    """
                    direct 1
                    buffered 0
                    thread .*
                    invalidate .*
                    create_serialize .*
                    create_on_open 0
                    create_only 0
                    allow_file_create .*
                    allow_mounted_write 0
                    file_append 0
                    pre_read 0
                    overwrite .*
                    fallocate .*
                    unlink 0
                    unlink_each_loop 0
                    fill_device .*
                    nrfiles 1
                    bs_unaligned 0
                    scramble_buffers 0
                    log_offset 0
                    log_prio 0
                    disable_lat .*
                    disable_clat .*
                    disable_slat .*
                    disable_bw_measurement .*
                    clat_percentiles .*
                    lat_percentiles .*
                    gtod_reduce .*
                    disk_util .*
                    stats 1
                    unified_rw_reporting none|0
                    unit_base .*
                    clocksource clock_gettime
                    io_submit_mode .*
                    random_generator tausworthe|tausworthe64|lfsr
                    verify_dump 0
                    verify_async 0
                    verify_only 0
                    verify_state_save 0
                    verify_state_load 0
                    experimental_verify 0
                    serialize_overlap 0
                    rate_ignore_thinktime 0
                    hipri .*
                    fixedbufs .*
                    registerfiles .*
                    nonvectored .*
                    cmd_type nvme|bsg
                    sqthread_poll .*
                    sqthread_poll_cpu .*
                    force_async .*
                    uncached 0
                    error_dump .*
                    unique_filename .*
                    lockmem .*
                    mem mmaphuge|shmhuge|mmapshared
                    hugepage-size .*
                    zonemode none|strided
                    sg_write_mode write
                    write_mode write
                    num_range 1
                    """);

    /** Why those that match change nothing, where fio would make a difference. */
    private static final Map<String, String> CHANGES_NOTHING =
            pairs(
                    """
                    direct=0|buffered=1 nothing lies between a job and the device, as with direct=1
                    directory=.* there are no files, and all jobs work on the same namespace
                    unlink=1|unlink_each_loop=1 there are no files to delete
                    verify_async=.* a job's own thread verifies
                    verify=(crc64|crc16|crc7|xxhash|meta) marks have a CRC-32C, which finds as much
                    verify_write_sequence=.* that a write is an older one is found by its generation
                    scramble_buffers=1 data are random, and made once, or anew by refill_buffers
                    numa_mem_policy=(interleave|bind):.*[-,a].* a buffer is on one node, whichever it is
                    log_avg_msec=.* logs are of the run's intervals, of 100 ms or more
                    log_(offset|prio)=1 logs are of intervals, in which there are many commands
                    cmdprio.*=.*|prio(class)?=.* NVMe's commands have no priority: fio's is for queues of the kernel's
                    md_per_io_size=.* buffers for metadata are as large as the format asks
                    verify_dump=1 blocks that are wrong are told of, not dumped
                    (clientname|pool|rbdname|busy_poll|uri|libblkio_driver|libblkio_path)=.* another engine's data would be there
                    """);

    /** Why those whose name matches are not supported. The first that matches is told. */
    private static final Map<String, String> REASONS =
            pairs(
                    """
                    nrfiles|openfiles|file.*|open.*|create_.*|unlink.*|fadvise.* there are no files: a job works on a namespace
                    write_.*_log|log_.*|bwavgtime|iopsavgtime|per_job_logs logs are of intervals: write_bw_log, write_iops_log, write_lat_log, or --fio-logs for all
                    .*iolog.*|replay_.*|merge_.* I/O logs are neither read nor written
                    zonemode zoned namespaces are not supported, only none and strided
                    zone.*|.*zone.*|read_beyond_wp zoned namespaces are not supported
                    http_.*|https|hostname|port|protocol|interface|listen|pingpong|ttl|verb|serverip it belongs to another ioengine
                    cuda.*|rocm.*|gpu.*|rdma.*|pmem.*|nbd.*|nfs_.*|donorname|inplace it belongs to another ioengine
                    cont|conf|volume|brick|direct_write_to_pmem|busy_wait_polling|skip_bad it belongs to another ioengine
                    program|arguments|grace_time|std_redirect it belongs to another ioengine
                    sg_write_mode|stream_id these are commands of SCSI: with sg_write_mode=write, the job writes
                    fdp.*|dp_.*|plid.* data placement (Directives) is not supported
                    num_range a deallocation has one range: use num_range=1
                    write_mode a job writes by Write commands only: use write_mode=write
                    sprandom|spr_.* preconditioning by a model of the drive is not written: write the drive twice over
                    ignore_error errors are tolerated by continue_on_error, whatever they are
                    block_error_percentiles errors are counted, and told of
                    mem|iomem buffers are in memory that the device can reach
                    nice a job runs in this process: use nice nvme4j bench
                    cpuload|cpu.* it belongs to another ioengine, or use cpus_allowed
                    sync_.*|.*syncfs a namespace has no files to flush: use fsync
                    cgroup.*|uid|gid|exec_.* a job can't change the process that it is in
                    """);

    private JobOptions() {}

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

    private static Map<String, String> pairs(String text) {
        return text.lines()
                .map(line -> line.split(" ", 2))
                .collect(
                        Collectors.toMap(
                                pair -> pair[0], pair -> pair[1], (a, b) -> a, LinkedHashMap::new));
    }

    public static List<String> used() {
        return USED.stream().sorted().toList();
    }

    /** The spelling of an option that the rest of this package knows. */
    static String principalName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return ALIASES.getOrDefault(lower, lower);
    }

    /**
     * Checks that an option does something here, or that what it asks for holds; and that lists by
     * direction are such.
     *
     * @throws IllegalArgumentException if not; the message names it and says why
     */
    public static void check(Setting setting) {
        String name = setting.name();
        ByDirection.check(setting);
        if (USED.contains(name) || note(setting).isPresent()) {
            return;
        }
        String holding = HOLDS_ANYWAY.get(name);
        if (holding == null) {
            throw setting.wrong("this option is not supported" + reason(name).orElse(hint(name)));
        }
        if (!setting.value().toLowerCase(Locale.ROOT).matches(holding)) {
            throw setting.wrong("this is not supported" + reason(name).orElse(only(holding)));
        }
    }

    /** Why an option changes nothing, where it would if this were fio. */
    public static Optional<String> note(Setting setting) {
        return first(CHANGES_NOTHING, setting.name() + "=" + setting.value());
    }

    private static Optional<String> reason(String name) {
        return first(REASONS, name).map(reason -> ": " + reason);
    }

    private static Optional<String> first(Map<String, String> patterns, String text) {
        return patterns.entrySet().stream()
                .filter(entry -> Pattern.matches(entry.getKey(), text))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static String only(String holding) {
        return ", only " + holding.replace("|", " or ");
    }

    /** The option that was perhaps meant. */
    private static String hint(String name) {
        return Stream.concat(USED.stream(), HOLDS_ANYWAY.keySet().stream())
                .filter(known -> distance(known, name) <= 1 + name.length() / 6)
                .min((a, b) -> distance(a, name) - distance(b, name))
                .map(known -> ": did you mean " + known + "?")
                .orElse("");
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
