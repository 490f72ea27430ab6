// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nvme4j.cli.Cli;
import io.nvme4j.cli.console.ExitCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The same options mean the same as to fio, which runs beside. */
class BesideFioTest {
    private static final int SIZE = 4 << 20;
    private static final String GLOBAL =
            "[global]\nioengine=psync\nfilename=disk\nstonewall\nbs=2k\n";

    @TempDir private Path directory;

    /** A job of each line, run by both. */
    private record Both(Map<String, Object> own, Map<String, Object> fio) {}

    private Both run(String jobs) throws Exception {
        try (RandomAccessFile disk =
                new RandomAccessFile(directory.resolve("disk").toFile(), "rw")) {
            disk.setLength(SIZE);
        }
        Path file = directory.resolve("jobs.fio");
        Files.writeString(file, GLOBAL + sections(jobs));
        Cli.Result own =
                Cli.run(
                        "bench",
                        file.toString(),
                        "-r",
                        "trtype:EMBEDDED size:4M",
                        "--output-format=json");
        return new Both(own.assertOk().json(), Fio.document(directory, "jobs.fio"));
    }

    private static String sections(String jobs) {
        StringBuilder text = new StringBuilder();
        jobs.lines()
                .forEach(
                        line ->
                                text.append("[%s]\n".formatted(line))
                                        .append(line.replace(' ', '\n'))
                                        .append('\n'));
        return text.toString();
    }

    private static List<?> jobs(Map<String, Object> document) {
        return (List<?>) Cli.at(document, "jobs");
    }

    /** Bytes of an I/O of each direction, on average. */
    private static Map<String, String> sizes(Map<String, Object> document) {
        Map<String, String> sizes = new TreeMap<>();
        for (Object job : jobs(document)) {
            sizes.put(
                    (String) Cli.at(job, "jobname"), size(job, "read") + " " + size(job, "write"));
        }
        return sizes;
    }

    private static int size(Object job, String direction) {
        return (int)
                (Cli.numberAt(job, direction + ".io_bytes")
                        / Cli.numberAt(job, direction + ".total_ios"));
    }

    @Test
    void whatListsByDirectionLeaveOutIsAsFioTakesIt() throws Exception {
        Both both =
                run(
                        """
                        rw=rw number_ios=32 bs=8k
                        rw=rw number_ios=32 bs=8k,
                        rw=rw number_ios=32 bs=,8k
                        rw=rw number_ios=32 bs=8k,,16k
                        rw=rw number_ios=32 bs=8k,4k,
                        rw=rw number_ios=32 bs=16k bs=,8k
                        rw=rw number_ios=32 bsrange=8k-8k,
                        rw=rw number_ios=32 bsrange=,4k-4k
                        rw=rw number_ios=32 bssplit=8k/100,,
                        rw=rw number_ios=32 bssplit=,8k/100:
                        rw=rw number_ios=32 bssplit=16k/100,8k
                        """);
        assertEquals(sizes(both.fio), sizes(both.own));
    }

    /** Bytes that each job reads; the copies of a job are told in any order. */
    private static Map<String, List<Long>> read(Map<String, Object> document) {
        Map<String, List<Long>> bytes = new TreeMap<>();
        for (Object job : jobs(document)) {
            bytes.merge(
                    (String) Cli.at(job, "jobname"),
                    List.of((long) Cli.numberAt(job, "read.io_bytes")),
                    (a, b) -> Stream.concat(a.stream(), b.stream()).sorted().toList());
        }
        return bytes;
    }

    @Test
    void percentagesOfTheSizeEndWithTheNamespaceAsInFio() throws Exception {
        Both both =
                run(
                        """
                        rw=read bs=16k offset=75% size=100%
                        rw=read bs=16k offset=75% size=50%
                        rw=read bs=16k offset=3m size=50%
                        rw=read bs=16k offset=75% size=1%
                        rw=read bs=16k offset=0 size=33%
                        rw=read bs=16k offset=75% size=100% io_size=50%
                        rw=read bs=16k offset=1m offset_increment=25% numjobs=3 size=100%
                        rw=randread bs=16k offset=75% size=50%
                        """);
        assertEquals(read(both.fio), read(both.own));
    }

    /** I/Os and bytes of each direction that each job did. */
    private static Map<String, List<Long>> amounts(Map<String, Object> document) {
        Map<String, List<Long>> amounts = new TreeMap<>();
        for (Object job : jobs(document)) {
            amounts.put(
                    (String) Cli.at(job, "jobname"),
                    Stream.of("read", "write")
                            .flatMap(each -> Stream.of(each + ".total_ios", each + ".io_bytes"))
                            .map(path -> (long) Cli.numberAt(job, path))
                            .toList());
        }
        return amounts;
    }

    @Test
    void zonesAreGoneThroughAsByFio() throws Exception {
        Both both =
                run(
                        """
                        rw=read bs=64k zonemode=strided zonesize=256k zoneskip=256k
                        rw=read bs=64k zonemode=strided zonesize=256k zoneskip=1m size=2m
                        rw=read bs=64k zonemode=strided zonesize=256k zonerange=512k zoneskip=512k
                        rw=read bs=64k zonemode=strided zonesize=512k zonerange=256k zoneskip=256k
                        rw=randread bs=64k zonemode=strided zonesize=256k zoneskip=768k
                        rw=randwrite bs=64k zonemode=strided zonesize=512k zonerange=256k size=2m
                        rw=read bs=64k zonemode=strided zonesize=256k number_ios=7
                        """);
        assertEquals(amounts(both.fio), amounts(both.own));
    }

    @Test
    void asMuchIsMovedAsByFio() throws Exception {
        Both both =
                run(
                        """
                        rw=read bs=16k filesize=1m size=2m
                        rw=read bs=16k filesize=2m size=1m
                        rw=randread bs=16k filesize=1m size=2m
                        rw=randwrite bs=16k filesize=1m size=2m
                        rw=read:64k bs=64k
                        rw=read:16k bs=64k
                        rw=write:64k bs=64k size=1m
                        rw=read:64k bs=64k size=1m io_size=1m
                        rw=read:-64k bs=64k size=1m
                        rw=randread bs=12k size=1m
                        rw=read bs=12k size=1m
                        rw=randread bs=12k size=1m norandommap
                        rw=read bs=16k size=1m io_size=3m
                        rw=read bs=16k size=1m loops=3
                        """);
        assertEquals(amounts(both.fio), amounts(both.own));
    }

    /** How often sizes come is another thing: fio favours the largest of a range. */
    @Test
    void sizesThatVaryFillTheRegionAsInFio() throws Exception {
        Both both =
                run(
                        """
                        rw=read bsrange=4k-64k size=1m
                        rw=read bssplit=4k/50:64k/50 size=1m
                        rw=randread bsrange=4k-64k size=1m
                        rw=randread bssplit=4k/50:64k/50 size=1m
                        """);
        assertEquals(read(both.fio), read(both.own));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zonesize=64k",
                "zonemode=none zonesize=64k",
                "zonemode=strided",
                "zonemode=zbd",
                "zonemode=striped zonesize=64k",
                "zoneskip=64k",
                "zonemode=none zonerange=64k",
            })
    void zonesAreRefusedWhereFioDoes(String options) throws Exception {
        Files.write(directory.resolve("disk"), new byte[1 << 20]);
        Path file = directory.resolve("jobs.fio");
        Files.writeString(file, GLOBAL + sections("rw=read " + options));
        Cli.Result own = Cli.run("bench", file.toString(), "-r", "trtype:EMBEDDED size:1M");
        Fio.Result fio = Fio.run(directory, "jobs.fio");
        assertEquals(fio.isOk(), own.exitCode() == ExitCode.OK, own.err() + fio.out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zoned:50/5:30/15:20/",
                "zoned:50/5:30/15:20/:",
                "zoned:50/5:30:20/40",
                "zoned:50/5:50/15",
                "zoned:60/50:40/60",
                "zoned:60/50:30/50",
                "zoned_abs:50/1m:50/3m",
                "zoned_abs:50/1m:50/",
            })
    void zonesAreTakenAndRefusedAsByFio(String zones) throws Exception {
        String[] options = {
            "--name=a",
            "--ioengine=psync",
            "--filename=disk",
            "--rw=randrw",
            "--number_ios=64",
            "--size=4m",
            "--random_distribution=" + zones
        };
        Fio.Result fio = Fio.run(directory, options);
        Cli.Result own =
                Cli.run(
                        "bench",
                        "-r",
                        "trtype:EMBEDDED size:4M",
                        "-w",
                        "randrw",
                        "-d",
                        "64",
                        "-t",
                        "1",
                        "-a",
                        "0",
                        "--set",
                        "random_distribution=" + zones);
        assertEquals(fio.isOk(), own.exitCode() == ExitCode.OK, own.err() + fio.out());
    }
}
