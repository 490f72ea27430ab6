// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded;

import io.nvme4j.error.NvmeException;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * Says what an {@link EmbeddedDrive} is. What isn't said is as with {@code trtype:EMBEDDED}. Values
 * are checked when the drive is built. One thread at a time.
 */
public final class EmbeddedDriveBuilder {
    private static final int STRUCTURE_BYTES = 4096;

    private final Map<String, String> keys = new LinkedHashMap<>();
    private final StringJoiner faults = new StringJoiner(";");
    private final StringJoiner overrides = new StringJoiner(";");

    EmbeddedDriveBuilder(String traddr) {
        set("traddr", traddr);
    }

    /** What DMA addresses are to the controller. */
    public enum Addresses {
        /** Those of memory. */
        IDENTITY,
        /** Every page has one of its own, so that a wrong page list is found. */
        SCRAMBLED
    }

    /** What makes the controller work. */
    public enum Mode {
        /** The threads that process its queue pairs. */
        INLINE,
        /** A thread of its own. */
        THREADED
    }

    /** A value that the parser will see, whole. */
    private EmbeddedDriveBuilder set(String key, String value) {
        if (value.isEmpty() || value.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException(
                    "\"" + value + "\" is empty or has blanks, which a transport id can't have");
        }
        keys.put(key, value);
        return this;
    }

    private EmbeddedDriveBuilder set(String key, Enum<?> value) {
        return set(key, value.name().toLowerCase(Locale.ROOT));
    }

    private EmbeddedDriveBuilder setNumber(String key, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(key + " is negative: " + value);
        }
        return set(key, Long.toString(value));
    }

    private static long positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is less than 1: " + value);
        }
        return value;
    }

    EmbeddedDriveBuilder size(long bytes) {
        return setNumber("size", bytes);
    }

    /**
     * Bytes of a logical block, without its metadata.
     *
     * @param bytes 512 (default) or 4096
     * @return this
     */
    public EmbeddedDriveBuilder blockSize(int bytes) {
        return setNumber("block", bytes);
    }

    /**
     * Metadata of each block, in a buffer of their own.
     *
     * @param bytes 0 (default) to 256, a multiple of 4
     * @return this
     */
    public EmbeddedDriveBuilder metadata(int bytes) {
        return setNumber("metadata", bytes);
    }

    /**
     * Protection information, in the last bytes of the metadata.
     *
     * @param type 1 to 3; 0 (default) for none
     * @return this
     */
    public EmbeddedDriveBuilder protection(int type) {
        return setNumber("pi", type);
    }

    /**
     * How many namespaces of that size there are; in a file, one.
     *
     * @param count 1 (default) to 16
     * @return this
     */
    public EmbeddedDriveBuilder namespaces(int count) {
        return setNumber("namespaces", count);
    }

    /**
     * What makes the controller work; {@link Mode#INLINE} by default.
     *
     * @param mode whether calls or a thread of the drive's do its work
     * @return this
     */
    public EmbeddedDriveBuilder mode(Mode mode) {
        return set("mode", Objects.requireNonNull(mode, "mode"));
    }

    /**
     * What DMA addresses are; {@link Addresses#IDENTITY} by default.
     *
     * @param addresses that the library gives to memory
     * @return this
     */
    public EmbeddedDriveBuilder addresses(Addresses addresses) {
        return set("iova", Objects.requireNonNull(addresses, "addresses"));
    }

    /**
     * What all that is random is made of.
     *
     * @param value any number, taken as unsigned; 0 by default
     * @return this
     */
    public EmbeddedDriveBuilder seed(long value) {
        return set("seed", Long.toUnsignedString(value));
    }

    /**
     * The serial number.
     *
     * @param text 1 to 20 ASCII characters without blanks; no other drive's by default
     * @return this
     */
    public EmbeddedDriveBuilder serial(String text) {
        return set("serial", Objects.requireNonNull(text, "text"));
    }

    /**
     * The name of the NVM subsystem.
     *
     * @param nqn such as {@code nqn.2026-01.org.example:disk}; no other drive's by default
     * @return this
     */
    public EmbeddedDriveBuilder subsystem(String nqn) {
        return set("subnqn", Objects.requireNonNull(nqn, "nqn"));
    }

    /**
     * Whether there is a volatile write cache, which a power cut loses: writes that no Flush covers
     * are there or not afterwards. Without one (false), a write that completed is durable. Where
     * this isn't said, a drive in a file tells of a cache, and a cut loses nothing that completed.
     *
     * @param present true for a cache that a power cut loses
     * @return this
     */
    public EmbeddedDriveBuilder volatileWriteCache(boolean present) {
        return set("vwc", present ? "1" : "0");
    }

    /**
     * How much a power cut leaves as a whole or not at all, of a write that is in flight (AWUPF,
     * NAWUPF). What is longer may be there in part, block by block.
     *
     * @param controller blocks, 1 (default) to 65536
     * @param namespace blocks, not less; or 0: as the controller
     * @return this
     */
    public EmbeddedDriveBuilder atomicWriteUnitPowerFail(int controller, int namespace) {
        setNumber("awupf", positive("controller", controller) - 1L);
        return setNumber("nawupf", namespace == 0 ? 0 : positive("namespace", namespace) - 1L);
    }

    /**
     * Boundaries (NABSPF, NABO): a write that crosses one is in no case left as a whole for sure.
     *
     * @param blocks from one to the next, not less than what is written as a whole; up to 65536
     * @param offset the block where the first one is, less than that
     * @return this
     */
    public EmbeddedDriveBuilder atomicBoundaryPowerFail(int blocks, int offset) {
        setNumber("nabspf", positive("blocks", blocks) - 1L);
        return setNumber("nabo", offset);
    }

    /**
     * Whether blocks of a longer write that a power cut cuts off may hold anything, instead of what
     * was there before or what was written.
     *
     * @param anything false (default) for what was there before or what was written
     * @return this
     */
    public EmbeddedDriveBuilder tornBlocksHoldAnything(boolean anything) {
        return set("torn", anything ? "anything" : "blocks");
    }

    /**
     * Adds what goes wrong; up to 16 of them, the first of which that a command meets counts.
     *
     * @param fault what goes wrong, and with which commands
     * @return this
     */
    public EmbeddedDriveBuilder fault(Fault fault) {
        faults.add(Objects.requireNonNull(fault, "fault").toString());
        return set("faults", faults.toString());
    }

    /**
     * Has Identify tell other bytes than it would.
     *
     * @param cns which structure (CNS), 0 to 255
     * @param offset in the structure
     * @param bytes 1 to 16 of them, which end at 4096 at most
     * @return this
     */
    public EmbeddedDriveBuilder overrideIdentify(int cns, int offset, byte... bytes) {
        return override("identify", cns, offset, bytes);
    }

    /**
     * Has a log page tell other bytes than it would.
     *
     * @param identifier of the page (LID), 0 to 255
     * @param offset in the page
     * @param bytes 1 to 16 of them, which end at 4096 at most
     * @return this
     */
    public EmbeddedDriveBuilder overrideLogPage(int identifier, int offset, byte... bytes) {
        return override("log", identifier, offset, bytes);
    }

    /**
     * Has a feature's value be told as another.
     *
     * @param identifier of the feature (FID), 0 to 255
     * @param value that Get Features tells, any 32 bits
     * @return this
     */
    public EmbeddedDriveBuilder overrideFeature(int identifier, int value) {
        return override("feature-" + identifier(identifier) + "=" + Integer.toHexString(value));
    }

    /**
     * Has the register Controller Capabilities (CAP) have another value.
     *
     * @param value any 64 bits
     * @return this
     */
    public EmbeddedDriveBuilder overrideCapabilities(long value) {
        return override("cap=" + Long.toHexString(value));
    }

    /**
     * Has the register Version (VS) have another value.
     *
     * @param value any 32 bits: {@link io.nvme4j.spec.Version#value}
     * @return this
     */
    public EmbeddedDriveBuilder overrideVersion(int value) {
        return override("vs=" + Integer.toHexString(value));
    }

    /**
     * Has all that can be overridden be random and extreme, as the seed has it.
     *
     * @return this
     */
    public EmbeddedDriveBuilder overrideAtRandom() {
        return override("random");
    }

    private EmbeddedDriveBuilder override(String what, int number, int offset, byte[] bytes) {
        if (offset < 0 || bytes.length == 0 || offset + (long) bytes.length > STRUCTURE_BYTES) {
            throw new IllegalArgumentException(
                    bytes.length
                            + " bytes at offset "
                            + offset
                            + " are not in a structure of "
                            + STRUCTURE_BYTES);
        }
        String value = HexFormat.of().formatHex(bytes);
        return override(what + "-" + identifier(number) + "@" + offset + "=" + value);
    }

    private static String identifier(int number) {
        if (number < 0 || number > 255) {
            throw new IllegalArgumentException("identifier " + number + " is none of 0 to 255");
        }
        return Integer.toHexString(number);
    }

    /** Up to 16 of them. */
    private EmbeddedDriveBuilder override(String item) {
        overrides.add(item);
        return set("overrides", overrides.toString());
    }

    /**
     * Makes the drive, and its file if there is none yet.
     *
     * @return the drive, powered off until a controller is attached
     * @throws NvmeException if a value is none that the drive can have, or the file can't be had;
     *     it says which and why
     */
    public EmbeddedDrive build() {
        StringBuilder text = new StringBuilder();
        keys.forEach((key, value) -> text.append(' ').append(key).append(':').append(value));
        return new EmbeddedDrive(text.toString());
    }
}
