// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.wait.Nanos;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * How to attach to a controller through SPDK; the built-in controller takes no notice. Immutable:
 * each method gives new options with one thing changed.
 *
 * <p>SPDK's environment, which the methods that begin with {@code spdk} are about, starts once in a
 * process, with the first attach that needs it: later ones may say the same of it or nothing, and
 * throw {@link IllegalStateException} where they say something else.
 */
public final class AttachOptions {
    /** As SPDK has it where nobody says anything, with 256 MiB of hugepages. */
    public static final AttachOptions DEFAULT = new AttachOptions(Map.of());

    /** By the keys that the native library has for them. */
    private final Map<String, String> pairs;

    private AttachOptions(Map<String, String> pairs) {
        this.pairs = pairs;
    }

    /** What SPDK takes for IOVAs, the addresses by which a controller reaches memory. */
    public enum IovaMode {
        /** Virtual addresses, which an IOMMU translates; fabrics work with any. */
        VIRTUAL("va"),

        /** Physical addresses, which the kernel tells root alone. */
        PHYSICAL("pa");

        private final String value;

        IovaMode(String value) {
            this.value = value;
        }
    }

    private AttachOptions with(String key, Object value) {
        Map<String, String> more = new TreeMap<>(pairs);
        more.put(key, value.toString());
        return new AttachOptions(Collections.unmodifiableMap(more));
    }

    /**
     * Has SPDK reserve so much hugepage memory at start, from which buffers are allocated; 256 MiB
     * without this, or less where there is less.
     *
     * @param mebibytes at least 1
     * @return a copy of these options with that
     * @throws IllegalArgumentException if it is less
     */
    public AttachOptions spdkMemory(int mebibytes) {
        if (mebibytes < 1) {
            throw new IllegalArgumentException("SPDK takes 1 MiB or more, not " + mebibytes);
        }
        return with("memory_mb", mebibytes);
    }

    /**
     * Shares SPDK's memory and drives with the processes that have the same number; without this,
     * with none.
     *
     * @param id 0 or more
     * @return a copy of these options with that
     * @throws IllegalArgumentException if it is negative
     */
    public AttachOptions spdkSharedMemory(int id) {
        if (id < 0) {
            throw new IllegalArgumentException("shared memory has a number from 0 on, not " + id);
        }
        return with("shared_memory_id", id);
    }

    /**
     * Says what IOVAs are; without this SPDK decides, by the IOMMU and the process's rights.
     *
     * @param mode of all controllers of this process
     * @return a copy of these options with that
     */
    public AttachOptions spdkIovaMode(IovaMode mode) {
        return with("iova_mode", Objects.requireNonNull(mode, "mode").value);
    }

    /**
     * Has every PDU over TCP carry a digest of its header, of its data, or of both; neither without
     * this.
     *
     * @param ofHeaders whether headers have a digest (HDGST)
     * @param ofData whether data have a digest (DDGST)
     * @return a copy of these options with that
     */
    public AttachOptions digests(boolean ofHeaders, boolean ofData) {
        return with("header_digest", ofHeaders ? 1 : 0).with("data_digest", ofData ? 1 : 0);
    }

    /**
     * Sets the keep-alive timer of fabrics (Keep Alive Timeout, KATO); 10 s without this.
     *
     * @param limit a millisecond or more; what is less than a millisecond of it is dropped
     * @return a copy of these options with that
     * @throws IllegalArgumentException if it is shorter, or longer than 12 days
     */
    public AttachOptions keepAlive(Duration limit) {
        long millis = TimeUnit.NANOSECONDS.toMillis(Nanos.ofLimit(limit));
        if (millis < 1 || millis > 1 << 30) {
            throw new IllegalArgumentException(
                    "a keep-alive timer has 1 ms to 12 days, not " + limit);
        }
        return with("keep_alive_ms", millis);
    }

    /**
     * Has the controller shut down when it is detached from (CC.SHN), as it is without this, or
     * not.
     *
     * @param wanted false to leave it as it is
     * @return a copy of these options with that
     */
    public AttachOptions shutdownNotification(boolean wanted) {
        return with("no_shutdown_notification", wanted ? 0 : 1);
    }

    /** As the native library reads it: {@code key:value} pairs. */
    String text() {
        return pairs.entrySet().stream()
                .map(pair -> pair.getKey() + ":" + pair.getValue())
                .collect(Collectors.joining(" "));
    }

    @Override
    public String toString() {
        return text();
    }
}
