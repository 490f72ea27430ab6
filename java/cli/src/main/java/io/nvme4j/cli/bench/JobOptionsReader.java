// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.bench;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.option.JobFile;
import io.nvme4j.cli.job.option.Setting;
import io.nvme4j.cli.job.option.Settings;
import io.nvme4j.cli.job.read.JobReader;
import io.nvme4j.cli.sweep.SweepAxes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes the jobs of a command line, by its job files if it names any. */
final class JobOptionsReader {
    private final BenchOptions options;
    private final Map<String, String> point;
    private final List<String> problems;

    /**
     * @param point of a sweep: values of its axes
     * @param problems where what is wrong is added, a line each
     */
    JobOptionsReader(BenchOptions options, Map<String, String> point, List<String> problems) {
        this.point = point;
        this.options = options;
        this.problems = problems;
    }

    List<Job> jobs() {
        return settings().stream().map(this::job).toList();
    }

    private List<Settings> settings() {
        if (options.jobFiles().isEmpty()) {
            Settings settings = new Settings(problems);
            BenchOptions.addDefaults(settings);
            return List.of(settings);
        }
        List<Settings> jobs = new ArrayList<>();
        for (Path file : options.jobFiles()) {
            jobs.addAll(JobFile.read(file, options::selects, problems));
        }
        return jobs;
    }

    /** What the command line says comes before what the job file says. */
    private Job job(Settings settings) {
        options.addTo(settings);
        options.settings().forEach(text -> settings.put(Setting.of(text)));
        point.forEach(
                (axis, value) -> settings.put(Setting.of(SweepAxes.option(axis) + "=" + value)));
        return JobReader.read(settings, options.transportIds());
    }
}
