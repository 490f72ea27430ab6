// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.cli.job.BlockSizes;
import io.nvme4j.cli.job.Contents;
import io.nvme4j.cli.job.Delay;
import io.nvme4j.cli.job.Distribution;
import io.nvme4j.cli.job.Flushing;
import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.ProtectionChecks;
import io.nvme4j.cli.job.SteadyStateGoal;
import io.nvme4j.cli.job.Verification;
import io.nvme4j.cli.job.option.JobFile;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.option.Variables;
import io.nvme4j.cli.job.workload.Direction;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

class JobFileTest {
    @TempDir Path directory;

    private final List<String> problems = new ArrayList<>();

    private List<Job> read(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("a.fio"), text);
        return JobFile.read(file, name -> true, problems).stream()
                .map(settings -> JobReader.read(settings, List.of("trtype:EMBEDDED")))
                .toList();
    }

    private Job one(String options) throws IOException {
        List<Job> jobs = read("[a]\n" + options.replace(' ', '\n') + "\n");
        assertEquals(List.of(), problems);
        return jobs.getFirst();
    }

    @Test
    void laterSectionsSeeWhatIsGlobalThen() throws IOException {
        List<Job> jobs = read("[global]\nbs=8k\n[a]\n[global]\nbs=16k ; more\n[b]\nbs=1k\n[c]\n");
        assertEquals(List.of(8192L, 1024L, 16384L), jobs.stream().map(Job::largestIo).toList());
        assertEquals(List.of("a", "b", "c"), jobs.stream().map(Job::name).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "4096,4096",
        "4k,4096",
        "4kb,4096",
        "4ki,4096",
        "4KiB,4000",
        "1m,1048576",
        "0x1000,4096",
        "2g,2147483648"
    })
    void sizesAreAsFioReadsThem(String text, long bytes) throws IOException {
        assertEquals(bytes, one("bs=" + text).largestIo());
    }

    @ParameterizedTest
    @CsvSource({"4k,4000", "4ki,4000", "4kb,4000", "4kib,4096", "1mib,1048576"})
    void decimalBaseTurnsUnitsRound(String text, long bytes) throws IOException {
        assertEquals(bytes, one("kb_base=1000 bs=" + text).largestIo());
    }

    @ParameterizedTest
    @CsvSource({"5,5000000000", "5s,5000000000", "1m,60000000000", "20ms,20000000", "7us,7000"})
    void timesHaveUnits(String text, long nanos) throws IOException {
        assertEquals(nanos, one("runtime=" + text).limits().runtime());
    }

    /** Of bytes, counts, times and lists; in parentheses, or beside a variable of the machine. */
    @Test
    void numbersMayBeArithmetic() throws IOException {
        Job job =
                one(
                        "bs=(2*(1+1)k),(3*4k) iodepth=(2^3-1) runtime=(3*20) ramp_time=(1500ms)"
                                + " rw=rw rwmixread=(9*5) size=(1g/4) thinktime=(2*3)");
        assertEquals(4096, job.sizes(Direction.READ).largest());
        assertEquals(12288, job.sizes(Direction.WRITE).largest());
        assertEquals(7, job.depth());
        assertEquals(60_000_000_000L, job.limits().runtime());
        assertEquals(1_500_000_000, job.limits().ramp());
        assertEquals(45, job.access().readPercentage());
        assertEquals(1L << 28, job.region().size().bytes());
        assertEquals(6_000, job.pacing().thinkNanos());
    }

    @Test
    void variablesOfTheMachineAreReckonedWith() throws IOException {
        long processors = Runtime.getRuntime().availableProcessors();
        Job job =
                one(
                        "iodepth=2*$ncpus numjobs=$ncpus bs=$pagesize*2"
                                + " size=3*1024*1024*$mb_memory/8 io_size=($pagesize+1k)");
        long memory = Variables.megabytes(Path.of("/proc/meminfo"));
        assertEquals(2 * processors, job.depth());
        assertEquals(processors, job.copies());
        assertEquals(8192, job.largestIo());
        assertTrue(memory > 0);
        assertEquals(3 * 1024 * 1024 * memory / 8, job.region().size().bytes());
        assertEquals(5120, job.limits().ioSize().bytes());
    }

    @Test
    void delaysAreRangesAndFractions() throws IOException {
        assertEquals(new Delay(500_000_000, 500_000_000), delay("0.5"));
        assertEquals(new Delay(1_000_000_000, 2_500_000_000L), delay("1-2.5s"));
        assertEquals(new Delay(300_000_000, 2_000_000_000), delay("2:300ms"));
        Delay range = delay("100ms,900ms");
        Set<Long> chosen =
                LongStream.range(0, 100).mapToObj(range::nanos).collect(Collectors.toSet());
        assertTrue(chosen.size() > 90, "each copy has its own");
        assertTrue(chosen.stream().allMatch(n -> n >= range.least() && n <= range.most()));
        assertEquals(range.nanos(7), range.nanos(7));
    }

    private Delay delay(String text) throws IOException {
        return one("startdelay=" + text).limits().startDelay();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "\"abcd\",61626364",
                "-1024,00fcffff",
                "66,42",
                "0,00",
                "0xFF0X1,ff01",
                "\"123\"0xFFeeCC,313233ffeecc",
                "-100xab\"1\"\"2\",f6ffffffab3132",
                "0xabc,0abc",
                "300,2c01"
            })
    void patternsAreMadeOfParts(String text, String bytes) throws IOException {
        List<Byte> pattern = one("rw=write buffer_pattern=" + text).buffers().pattern();
        byte[] array = new byte[pattern.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = pattern.get(i);
        }
        assertEquals(bytes, HexFormat.of().formatHex(array));
    }

    @Test
    void partsOfPatternsMayBeInFiles() throws IOException {
        Path file = Files.write(directory.resolve("part"), new byte[] {1, 2});
        Job job = one("rw=write verify=pattern verify_pattern='" + file + "'\"a\"");
        assertEquals(List.of((byte) 1, (byte) 2, (byte) 'a'), job.verification().pattern());
        read("[a]\nrw=write\nbuffer_pattern='/nowhere'\n");
        assertTrue(problems.getFirst().contains("'/nowhere' can't be read"), problems.toString());
    }

    @Test
    void patternsHavePlacesForOffsets() throws IOException {
        Verification verification =
                one("rw=write verify=pattern verify_pattern=0xff%o1%o").verification();
        assertEquals(List.of(1, 10), verification.offsets());
        assertEquals(18, verification.pattern().size());
        read("[a]\nrw=write\nbuffer_pattern=%o\n");
        assertTrue(problems.getFirst().contains("only the verify_pattern"), problems.toString());
    }

    @Test
    void sectionsThatAreNotSelectedAreLeftOutWhateverIsInThem() throws IOException {
        Path file = directory.resolve("a.fio");
        Files.writeString(file, "[global]\nbs=8k\n[a]\nrw=write\n[b]\nno_such=1\n[c]\nrw=read\n");
        List<Settings> jobs = JobFile.read(file, name -> !name.equals("b"), problems);
        assertEquals(List.of(), problems);
        assertEquals(2, jobs.size());
        assertEquals("8k", jobs.getLast().asMap().get("bs"));
        JobFile.read(file, "d"::equals, problems);
        assertTrue(problems.getFirst().contains("no such job"), problems.toString());
    }

    @Test
    void tagsOfProtectionInformationHave16Bits() throws IOException {
        ProtectionChecks checks = one("rw=write apptag=0x0888 apptag_mask=0xff").protection();
        assertEquals(0x888, checks.tag());
        assertEquals(0xff, checks.tagMask());
        read("[a]\napptag=0x10000\n");
        assertTrue(problems.getFirst().contains("16 bits"), problems.toString());
    }

    @Test
    void dataAreMadeOnceUnlessSomethingAsksForMore() throws IOException {
        assertEquals(Optional.empty(), one("rw=write dedupe_percentage=0").buffers().contents());
        assertEquals(
                Optional.of(new Contents(0, 512, 0, 0, false)),
                one("rw=write refill_buffers").buffers().contents());
        String set = "dedupe_mode=working_set dedupe_working_set_percentage=50 dedupe_global=1";
        assertEquals(
                Optional.of(new Contents(30, 4096, 40, 50, true)),
                one("buffer_compress_percentage=30 buffer_compress_chunk=4k"
                                + " dedupe_percentage=40 "
                                + set)
                        .buffers()
                        .contents());
        read("[a]\ndedupe_percentage=10\ndedupe_global=1\n");
        assertTrue(problems.getFirst().contains("dedupe_mode=working_set"), problems.toString());
    }

    @Test
    void splitsShareWhatIsLeft() throws IOException {
        Job job = one("rw=randrw bssplit=4k/10:64k/50:32k,2k/:1k/");
        assertEquals(
                List.of(
                        new BlockSizes.Share(4096, 10),
                        new BlockSizes.Share(65536, 50),
                        new BlockSizes.Share(32768, 40)),
                job.sizes(Direction.READ).split());
        assertEquals(
                List.of(new BlockSizes.Share(2048, 50), new BlockSizes.Share(1024, 50)),
                job.sizes(Direction.WRITE).split());
    }

    @Test
    void directionsHaveSizesOfTheirOwn() throws IOException {
        Job job = one("rw=rw bs=4k,8k,16k");
        assertEquals(4096, job.sizes(Direction.READ).largest());
        assertEquals(8192, job.sizes(Direction.WRITE).largest());
        assertEquals(16384, job.sizes(Direction.TRIM).largest());
        assertEquals(8192, job.largestIo());
    }

    @Test
    void whatALaterListLeavesOutStaysAsItWas() throws IOException {
        List<Job> jobs = read("[global]\nrw=randrw\nbs=8k\nrate=1m\n[a]\nbs=,16k\nrate=,2m\n");
        assertEquals(List.of(), problems);
        Job job = jobs.getFirst();
        assertEquals(8192, job.sizes(Direction.READ).largest());
        assertEquals(16384, job.sizes(Direction.WRITE).largest());
        assertEquals(16384, job.sizes(Direction.TRIM).largest());
        assertEquals(1 << 20, rate(job, Direction.READ));
        assertEquals(2 << 20, rate(job, Direction.WRITE));
    }

    private static double rate(Job job, Direction direction) {
        return Objects.requireNonNull(job.pacing().rates().get(direction)).perSecond();
    }

    @Test
    void ratesThatAreLeftOutAreNoLimit() throws IOException {
        Job writes = one("rw=randrw rate_iops=,100");
        assertEquals(Set.of(Direction.WRITE), writes.pacing().rates().keySet());
        Job reads = one("rw=randrw rate_iops=100,");
        assertEquals(Set.of(Direction.READ), reads.pacing().rates().keySet());
        Job trims = one("rw=randtrim rate_iops=1000,100");
        assertEquals(100, rate(trims, Direction.TRIM));
    }

    @Test
    void percentilesAreSorted() throws IOException {
        Job job = one("percentile_list=99:50:99.9:50:90");
        assertEquals(List.of(50.0, 90.0, 99.0, 99.9), job.percentiles());
    }

    @Test
    void zonesWithoutASizeShareWhatIsLeft() throws IOException {
        Job job = one("random_distribution=zoned:50/5:30/15:10/:10/:");
        List<Long> sizes =
                job.access().places(Direction.READ).distribution().zones().stream()
                        .map(Distribution.Zone::size)
                        .toList();
        assertEquals(List.of(5L, 15L, 40L, 40L), sizes);
    }

    @Test
    void filenamesNameNamespaces() throws IOException {
        String text =
                "[a]\n"
                        + "ioengine=spdk\n"
                        + "filename=trtype=PCIe traddr=0000.04.00.0 ns=1:trtype=TCP adrfam=IPv4"
                        + " traddr=10.0.0.1 trsvcid=4420 subnqn=nqn.x:y ns=2\n";
        Path file = Files.writeString(directory.resolve("a.fio"), text);
        Settings settings = JobFile.read(file, name -> true, problems).getFirst();
        assertEquals(
                List.of(
                        "trtype:PCIe traddr:0000:04:00.0 ns:1",
                        "trtype:TCP adrfam:IPv4 traddr:10.0.0.1 trsvcid:4420 subnqn:nqn.x:y ns:2"),
                JobReader.read(settings, List.of()).devices());
        assertEquals(List.of(), problems);
    }

    @Test
    void kernelEnginesNeedADevice() throws IOException {
        Path file = Files.writeString(directory.resolve("a.fio"), "[a]\nioengine=libaio\n");
        JobReader.read(JobFile.read(file, name -> true, problems).getFirst(), List.of());
        assertEquals(1, problems.size());
        assertTrue(problems.getFirst().contains("a.fio:2: ioengine=libaio"), problems.toString());
        assertTrue(problems.getFirst().contains("-r"), problems.toString());
    }

    /** Engines of the kernel, and of libraries for block devices, give way to -r. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "libaio",
                "io_uring",
                "sync",
                "psync",
                "mmap",
                "sg",
                "null",
                "rbd",
                "libiscsi",
                "dev-dax",
                "external:./own.so"
            })
    void jobsOfBlocksRunOnNamespaces(String engine) throws IOException {
        assertEquals(List.of("trtype:EMBEDDED"), one("ioengine=" + engine).devices());
    }

    @ParameterizedTest
    @CsvSource({
        "net, between machines",
        "rdma, between machines",
        "librpma_apm_client, between machines",
        "splice, pipes",
        "cpuio, processors",
        "exec, programs",
        "filecreate, files and directories",
        "dirstat, files and directories",
        "ftruncate, files and directories",
        "http, storage service",
        "ime_psync, storage service",
        "libcufile, GPU",
        "mtd, flash memory",
        "page_fault, pages of memory",
        "libaoi, no such engine"
    })
    void jobsThatAreNoneForNamespacesAreRefusedByTheirEngine(String engine, String reason)
            throws IOException {
        read("[a]\nioengine=" + engine + "\n");
        assertEquals(1, problems.size());
        assertTrue(problems.getFirst().contains("ioengine=" + engine), problems.toString());
        assertTrue(problems.getFirst().contains(reason), problems.toString());
    }

    /** What asks for a file's or the kernel's ways is told of, once for each job's line. */
    @Test
    void whatChangesNothingIsNoted() throws IOException {
        List<String> options =
                List.of(
                        "direct=0",
                        "buffered=1",
                        "directory=/tmp",
                        "unlink=1",
                        "verify_async=2",
                        "verify_dump=1",
                        "verify=meta",
                        "scramble_buffers=1",
                        "numa_mem_policy=bind:0,0",
                        "log_avg_msec=500",
                        "log_offset=1",
                        "uri=nbd:x",
                        "prioclass=1",
                        "cmdprio_percentage=20",
                        "md_per_io_size=64",
                        "time_based=1");
        List<String> notes = one(String.join(" ", options)).notes();
        assertEquals(options.size(), notes.size(), notes.toString());
        for (int i = 0; i < options.size(); i++) {
            String origin = "a.fio:" + (i + 2) + ": " + options.get(i) + ": this changes nothing: ";
            assertTrue(notes.get(i).contains(origin), origin + " in " + notes.get(i));
        }
    }

    /** Nothing is told of what holds anyway. */
    @Test
    void whatHoldsAnywayIsNotNoted() throws IOException {
        Job job =
                one(
                        "direct=1 buffered=0 thread threads=1 invalidate=1 fallocate=none"
                                + " group_reporting sqthread_poll=1 fill_device=1 unlink=0");
        assertEquals(List.of(), job.notes());
    }

    @ParameterizedTest
    @CsvSource({
        "iodepth_batch=4, 4",
        "iodepth_batch_submit=0, 16",
        "iodepth_batch_complete=8, 8",
        "iodepth_batch_complete_min=0, 1",
        "iodepth_low=4, 12",
        "iodepth_low=0, 1",
        "iodepth_batch=99, 16",
        "bs=4k, 1"
    })
    void batchesAreTheLargestThatAreAskedFor(String option, int batch) throws IOException {
        assertEquals(batch, one("iodepth=16 " + option).batch());
        assertEquals(3, one("iodepth=9 iodepth_batch_complete_max=3").completionsPerPoll());
    }

    @ParameterizedTest
    @CsvSource({
        "bs=4k, 0, false, false",
        "fsync=32, 32, false, false",
        "fdatasync=8, 8, false, false",
        "sync=1, 1, true, false",
        "sync=dsync, 1, true, false",
        "sync=none, 0, false, false",
        "end_fsync=1, 0, false, true"
    })
    void writesAreFlushedAsTheyAreSynchronised(
            String option, int every, boolean isPartOfWrite, boolean atEnd) throws IOException {
        Flushing flushing = one("rw=write " + option).flushing();
        assertEquals(new Flushing(every, isPartOfWrite, false, false, atEnd), flushing);
    }

    @Test
    void readsAndWritesAreForcedEachByItself() throws IOException {
        assertEquals(new Flushing(0, false, false, true, false), one("writefua=1").flushing());
        assertEquals(new Flushing(0, false, true, false, false), one("readfua=1").flushing());
    }

    @Test
    void threadsAndBuffersGoToTheirNodes() throws IOException {
        Job job = one("numa_cpu_nodes=0 numa_mem_policy=bind:0");
        List<Integer> processors = Processors.allowed(Path.of("/proc/self/status"));
        assertTrue(job.processors().containsAll(processors), job.processors().toString());
        assertEquals(0, job.buffers().node());
        assertEquals(-1, one("numa_mem_policy=local").buffers().node());
        assertEquals(-1, one("bs=4k").buffers().node());
        assertEquals(0, one("numa_mem_policy=prefer:0").buffers().node());
    }

    @Test
    void steadyStateIsLookedAtInIntervals() throws IOException {
        SteadyStateGoal goal =
                one("ss=lat:5% ss_dur=300 steadystate_check_interval=10")
                        .steadyStateGoal()
                        .orElseThrow();
        assertEquals(10_000_000_000L, goal.intervalNanos());
        assertEquals(300_000_000_000L, goal.durationNanos());
    }

    /** All in one go, each with its line; nothing is ignored. */
    @Test
    void whatIsNotSupportedIsNamed() throws IOException {
        List<String> options =
                List.of(
                        "nrfiles=4",
                        "zonemode=zbd",
                        "write_hist_log=x",
                        "http_host=h",
                        "cuda_io=posix",
                        "cpuload=50",
                        "max_latency=1ms",
                        "read_iolog=x",
                        "exec_prerun=x",
                        "uid=1",
                        "gtod_cpu=1",
                        "verify_offset=8",
                        "unified_rw_reporting=mixed",
                        "iodepht=4",
                        "no_such_option=1",
                        "sg_write_mode=verify_bytchk_01",
                        "fdp=1",
                        "sync_file_range=write:8",
                        "ignore_error=EIO",
                        "mem=cudamalloc");
        read("[a]\n" + String.join("\n", options) + "\n");
        assertEquals(options.size(), problems.size(), String.join("\n", problems));
        for (int i = 0; i < options.size(); i++) {
            String name = options.get(i).replaceFirst("=.*", "");
            String origin = "a.fio:" + (i + 2) + ": " + name;
            assertTrue(problems.get(i).contains(origin), origin + " in " + problems.get(i));
        }
        String misspelt = problems.get(options.indexOf("iodepht=4"));
        assertTrue(misspelt.contains("did you mean iodepth?"), misspelt);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bs=4q | is no size",
                "bs=0 | at least one block",
                "rw=sideways | expected one of",
                "iodepth=0 | at least 1",
                "runtime=soon | is no time",
                "rate_min=1k rate_iops_min=1 | second rate",
                "rate=1k rate_min=2k | the least rate is above the rate",
                "rw=write rate_iops=2,1 rate_iops_min=1,2 | the least rate is above the rate",
                "iodepth_batch=-1 | or more",
                "flow=-1 | or a weight",
                "sync=maybe | none, sync or dsync",
                "numa_cpu_nodes=4000 | no NUMA node 4000",
                "numa_mem_policy=bind:4000 | no NUMA node 4000",
                "numa_mem_policy=bind:x | no list of numbers",
                "numa_mem_policy=everywhere | bind:0",
                "steadystate=iops:5% steadystate_duration=9 steadystate_check_interval=100ms | or"
                        + " more",
                "exit_what=me | group, stonewall or all",
                "bssplit=4k/60:8k/60 | add up to 120",
                "random_distribution=zipf | takes a value",
                "random_distribution=zoned:50/10:20/90 | add up to 70 percent",
                "verify=sorcery | verify is one of",
                "verify=pattern | needs a verify_pattern",
                "rate=1m rate_iops=5 | second rate",
                "steadystate=iops:5% | needs a steadystate_duration",
                "continue_on_error=maybe | one of none, read",
                "rwmixread=101 | from 0 to 100",
                "cpus_allowed=4000 | no processor 4000",
                "rw=trim verify=md5 | can't be verified",
                "rw=randread:-4 | before the next random offset",
                "kb_base=7 | 1024 or 1000",
                "rate_iops=1,2,3,4 | at most three values",
                "bs=, | there is no value",
                "random_distribution=zoned:50/50:50/50:0/ | too much for all zones",
                "random_distribution=zoned_abs:50/1m:50/ | has no size",
                "percentile_list=50:101 | at most 100",
                "latency_target=1ms latency_window=0 | above 0",
                "latency_target=1ms latency_percentile=200 | at most 100",
                "iomem_align=100 | a power of 2",
                "integrity= | name a file",
                "iodepth=(2+ | it ends where it should not",
                "iodepth=(1-2) | out of bounds",
                "bs=(1/0) | divided by 0",
                "size=(2^80) | out of bounds",
                "runtime=(1-2) | is no time",
                "startdelay=1-2-3 | a range of times",
                "rw=write verify=md5 verify_pattern=9999999999 | 32 bits at most",
                "verify=md5 rw=write verify_interval=100 | each block has a mark",
                "rw=write verify=md5 verify_pattern=' | a pattern is",
                "buffer_pattern=0x | a pattern is",
                "random_distribution=zipf:0 | theta of zipf is above 0",
                "random_distribution=pareto:1 | h of pareto is above 0 and below 1",
            })
    void wrongValuesSayWhatWouldDo(String options, String message) throws IOException {
        read("[a]\n" + options.replace(' ', '\n') + "\n");
        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.getFirst().contains(message), problems.toString());
        assertTrue(problems.getFirst().contains("a.fio:"), problems.toString());
    }

    @Test
    void filesThatAreNoneAreTold() {
        JobFile.read(directory.resolve("nowhere.fio"), name -> true, problems);
        assertTrue(problems.getFirst().contains("no such file"), problems.toString());
    }
}
