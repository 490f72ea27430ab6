// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.verify;

import io.nvme4j.cli.job.Verification;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** The digest of a block's mark and data. Allocates nothing with the checksums. One thread. */
abstract class Digest {
    /** Room in the mark; shorter digests leave zeros. */
    static final int BYTES = 32;

    private final byte[] computed = new byte[BYTES];
    private final byte[] found = new byte[BYTES];

    static Digest of(Verification.Kind kind) {
        return switch (kind) {
            case CRC32 -> new OfChecksum(new CRC32());
            case MD5 -> new OfMessage("MD5");
            case SHA1 -> new OfMessage("SHA-1");
            case SHA256 -> new OfMessage("SHA-256");
            default -> new OfChecksum(new CRC32C());
        };
    }

    /**
     * Puts the digest of a block in its place.
     *
     * @param buffer the same memory as {@code data}
     */
    void put(MemorySegment data, ByteBuffer buffer, int at, int blockSize) {
        compute(buffer, at, blockSize, computed);
        MemorySegment.copy(computed, 0, data, ValueLayout.JAVA_BYTE, at + BlockMark.DIGEST, BYTES);
    }

    /** Whether a block has the digest that it should have. */
    boolean matches(MemorySegment data, ByteBuffer buffer, int at, int blockSize) {
        compute(buffer, at, blockSize, computed);
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at + BlockMark.DIGEST, found, 0, BYTES);
        return Arrays.equals(computed, found);
    }

    private void compute(ByteBuffer buffer, int at, int blockSize, byte[] digest) {
        update(buffer.limit(at + (int) BlockMark.DIGEST).position(at));
        update(buffer.limit(at + blockSize).position(at + (int) BlockMark.BYTES));
        finish(digest);
    }

    abstract void update(ByteBuffer part);

    abstract void finish(byte[] digest);

    private static final class OfChecksum extends Digest {
        private final Checksum checksum;

        OfChecksum(Checksum checksum) {
            this.checksum = checksum;
        }

        @Override
        void update(ByteBuffer part) {
            checksum.update(part);
        }

        @Override
        void finish(byte[] digest) {
            long value = checksum.getValue();
            for (int i = 0; i < Long.BYTES; i++) {
                digest[i] = (byte) (value >>> 8 * i);
            }
            checksum.reset();
        }
    }

    private static final class OfMessage extends Digest {
        private final MessageDigest message;

        OfMessage(String algorithm) {
            try {
                this.message = MessageDigest.getInstance(algorithm);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // every JDK has them
            }
        }

        @Override
        void update(ByteBuffer part) {
            message.update(part);
        }

        @Override
        void finish(byte[] digest) {
            try {
                message.digest(digest, 0, digest.length);
            } catch (DigestException e) {
                throw new IllegalStateException(e); // there is room
            }
        }
    }
}
