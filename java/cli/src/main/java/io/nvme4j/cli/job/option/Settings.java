// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.job.option;

import io.nvme4j.cli.job.workload.Direction;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The options of one job, by name. Of those given twice the last one counts. */
public final class Settings {
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final List<String> problems;
    private final List<String> notes = new ArrayList<>();

    /**
     * @param problems where what is wrong is added, a line each
     */
    public Settings(List<String> problems) {
        this.problems = problems;
    }

    /** A copy, whose changes are its own. */
    public Settings copy() {
        Settings copy = new Settings(problems);
        copy.settings.putAll(settings);
        return copy;
    }

    /**
     * Adds an option, which takes the place of an earlier one of this name; of a list by direction,
     * only where it has a value.
     */
    public Settings put(Setting setting) {
        Setting earlier = settings.remove(setting.name());
        settings.put(
                setting.name(), earlier == null ? setting : ByDirection.merge(earlier, setting));
        return this;
    }

    /** Adds an option that was written as {@code origin}. */
    public Settings put(String name, String value, String origin) {
        return put(new Setting(name, value, origin));
    }

    public void putAll(Collection<Setting> added) {
        added.forEach(this::put);
    }

    public Collection<Setting> all() {
        return settings.values();
    }

    /** Names and values, in the order in which they were given. */
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        settings.forEach((name, setting) -> map.put(name, setting.value()));
        return map;
    }

    /** The option of this name, if it was given. */
    public Optional<Setting> find(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    public boolean has(String name) {
        return settings.containsKey(name);
    }

    public String text(String name, String otherwise) {
        return find(name).map(Setting::value).orElse(otherwise);
    }

    /** Reads an option; where it is wrong, that is noted and `otherwise` stands for it. */
    public <T> T read(String name, T otherwise, Function<Setting, T> reader) {
        Setting setting = settings.get(name);
        if (setting == null) {
            return otherwise;
        }
        T value = attempt(() -> reader.apply(setting));
        return value == null ? otherwise : value;
    }

    /** Reads the part of a list that is for a direction; where that is left out, as above. */
    public <T> T readPart(
            String name, Direction direction, T otherwise, BiFunction<Setting, String, T> reader) {
        return read(
                name,
                otherwise,
                setting -> {
                    String part = ByDirection.part(setting, direction);
                    return part.isEmpty() ? otherwise : reader.apply(setting, part);
                });
    }

    private <T> @Nullable T attempt(java.util.function.Supplier<T> reader) {
        try {
            return reader.get();
        } catch (IllegalArgumentException e) {
            problem(String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Notes what is wrong with an option, or with the job where it was not given. */
    public void wrong(String name, String message) {
        Setting setting = settings.get(name);
        problem(setting == null ? message : setting.origin() + ": " + message);
    }

    public void problem(String line) {
        if (!problems.contains(line)) {
            problems.add(line);
        }
    }

    /** Notes that an option changes nothing, and why. */
    public void note(Setting setting, String why) {
        notes.add(setting.origin() + ": this changes nothing: " + why);
    }

    public List<String> notes() {
        return List.copyOf(notes);
    }

    List<String> problems() {
        return new ArrayList<>(problems);
    }

    public int integer(String name, int otherwise, int minimum, String tooSmall) {
        return read(
                name,
                otherwise,
                setting -> {
                    int value = Units.integer(setting);
                    if (value < minimum) {
                        throw setting.wrong(tooSmall);
                    }
                    return value;
                });
    }

    public boolean flag(String name, boolean otherwise) {
        return read(name, otherwise, Units::flag);
    }

    /** Nanoseconds. */
    public long time(String name, long otherwise, long unitNanos) {
        return read(name, otherwise, setting -> Units.nanos(setting, setting.value(), unitNanos));
    }

    /** Bytes, by this job's kb_base. */
    public long bytes(String name, long otherwise) {
        return read(name, otherwise, setting -> Units.bytes(setting, setting.value(), kiloBase()));
    }

    /** What "k" stands for: 1024, or 1000 by kb_base. */
    public int kiloBase() {
        return text("kb_base", "1024").equals("1000") ? 1000 : 1024;
    }
}
