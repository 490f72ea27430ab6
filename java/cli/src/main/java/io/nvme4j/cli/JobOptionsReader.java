// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import io.nvme4j.cli.job.Job;
import io.nvme4j.cli.job.JobFile;
import io.nvme4j.cli.job.JobReader;
import io.nvme4j.cli.job.Setting;
import io.nvme4j.cli.job.Settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes the jobs of a command line, by its job files if it names any. */
final class JobOptionsReader {
    private final BenchOptions options;
    private final List<String> problems;

    /**
     * @param problems where what is wrong is added, a line each
     */
    JobOptionsReader(BenchOptions options, List<String> problems) {
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
            jobs.addAll(JobFile.read(file, problems));
        }
        return jobs;
    }

    /** What the command line says comes before what the job file says. */
    private Job job(Settings settings) {
        options.addTo(settings);
        options.settings().forEach(text -> settings.put(Setting.of(text)));
        return JobReader.read(settings, options.transportIds());
    }
}
