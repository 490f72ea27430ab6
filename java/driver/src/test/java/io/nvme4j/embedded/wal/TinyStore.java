// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.embedded.wal;

import static io.nvme4j.embedded.wal.Mistake.BOTH_SUPERBLOCKS_AT_ONCE;
import static io.nvme4j.embedded.wal.Mistake.FLUSH_OF_ANOTHER_NAMESPACE;
import static io.nvme4j.embedded.wal.Mistake.FLUSH_WITH_BOTH_SUPERBLOCKS;
import static io.nvme4j.embedded.wal.Mistake.FLUSH_WITH_THE_FIRST_SUPERBLOCK;
import static io.nvme4j.embedded.wal.Mistake.FLUSH_WITH_THE_LAST_RECORD;
import static io.nvme4j.embedded.wal.Mistake.FLUSH_WITH_THE_PAGES;
import static io.nvme4j.embedded.wal.Mistake.FLUSH_WITH_THE_PAGES_THAT_WERE_RECOVERED;
import static io.nvme4j.embedded.wal.Mistake.FLUSH_WITH_THE_RECORDS;
import static io.nvme4j.embedded.wal.Mistake.FUA_FOR_THE_LAST_RECORD_ALONE;
import static io.nvme4j.embedded.wal.Mistake.FUA_IS_FORGOTTEN;
import static io.nvme4j.embedded.wal.Mistake.GAPS_ARE_PASSED_OVER;
import static io.nvme4j.embedded.wal.Mistake.GOOD_SUPERBLOCK_IS_WRITTEN_FIRST;
import static io.nvme4j.embedded.wal.Mistake.LOG_IS_REUSED_BEFORE_THE_SUPERBLOCKS;
import static io.nvme4j.embedded.wal.Mistake.NO_FLUSH_BETWEEN_THE_SUPERBLOCKS;
import static io.nvme4j.embedded.wal.Mistake.NO_FLUSH_IN_RECOVERY;
import static io.nvme4j.embedded.wal.Mistake.NO_FLUSH_OF_THE_PAGES;
import static io.nvme4j.embedded.wal.Mistake.NO_FLUSH_OF_THE_RECORDS;
import static io.nvme4j.embedded.wal.Mistake.NO_FLUSH_OF_THE_SUPERBLOCKS;
import static io.nvme4j.embedded.wal.Mistake.PAGES_ARE_NOT_RECOVERED;
import static io.nvme4j.embedded.wal.Mistake.PAGES_BEFORE_THE_LOG;
import static io.nvme4j.embedded.wal.Mistake.PAGE_IS_WRITTEN_TWICE_AT_ONCE;
import static io.nvme4j.embedded.wal.Mistake.PREDECESSORS_ARE_NOT_CHECKED;
import static io.nvme4j.embedded.wal.Mistake.RECORDS_ARE_NOT_CHECKED;
import static io.nvme4j.embedded.wal.Mistake.SEQUENCES_ARE_NOT_CHECKED;
import static io.nvme4j.embedded.wal.Mistake.SUPERBLOCKS_ARE_NOT_CHECKED;
import static io.nvme4j.embedded.wal.Mistake.SUPERBLOCKS_BEFORE_THE_PAGES;

import io.nvme4j.Controller;

import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Numbers by key, safe against power cuts by a write-ahead log, for what is wrong with such to be
 * planted in it.
 *
 * <pre>
 * blocks 0-1, 2-3  superblock, two copies: MAGIC, sequence, first of the log, bank; in the second
 *                  block the bank again, the checksum of the transaction before the first, CRC
 * blocks 8-13      log, a ring of transactions: MAGIC, number, key, value; in the next block MAGIC,
 *                  number, the last transaction's checksum, key, value, CRC of both
 * blocks 32-       two banks of pages, a value each
 * </pre>
 *
 * <p>A transaction sets two keys: its first record has one pair, its last record the other, and the
 * checksum of both. It has returned once both are durable. When the ring is full the pages are
 * written to the other bank, then the superblocks, then the ring is begun anew.
 */
final class TinyStore implements AutoCloseable {
    static final int KEYS = 4;

    private static final int MAGIC = 0x57414c31;
    private static final int LOG = 8;
    private static final int TRANSACTIONS = 3; // of the log
    private static final int PAGES = 32;
    private static final int SUPERBLOCK_BLOCKS = 2;
    private static final int HALF_OF_THE_KEYS = KEYS / 2;
    private static final int LAST_WORD = SUPERBLOCK_BLOCKS * Disk.BLOCK / 4 - 1;

    private final Disk disk;
    private final Set<Mistake> mistakes;
    private final int[] values = new int[KEYS];
    private int sequence; // of the superblock
    private int number; // of the next transaction
    private int first; // of those that the log has
    private int predecessor; // checksum of the last transaction
    private int bank; // of the pages
    private int good; // the copy of the superblock that was read
    private boolean unforced;
    private boolean recovering;

    private TinyStore(Controller controller, Set<Mistake> mistakes) {
        this.disk = new Disk(controller);
        this.mistakes = mistakes;
    }

    private boolean has(Mistake mistake) {
        return mistakes.contains(mistake);
    }

    /** Makes a new one. */
    static void format(Controller controller) {
        try (TinyStore store = new TinyStore(controller, Set.of())) {
            store.writePages();
            store.writeSuperblocks();
        }
    }

    /** Opens one, and brings its pages up to date. */
    static TinyStore open(Controller controller, Set<Mistake> mistakes) {
        TinyStore store = new TinyStore(controller, mistakes);
        try {
            store.recover();
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
        return store;
    }

    int[] values() {
        return values.clone();
    }

    /* ---- transactions ---- */

    /** Sets two keys. */
    void set(int key, int value, int otherKey, int otherValue) {
        submit(key, value, otherKey, otherValue);
        force();
    }

    /** Does that, for one {@link #force} of several transactions. */
    void submit(int key, int value, int otherKey, int otherValue) {
        if (number - first == TRANSACTIONS) {
            checkpoint();
        }
        int place = LOG + 2 * (number % TRANSACTIONS);
        int[] begin = {MAGIC, number, key, value};
        int[] end = {MAGIC, number, predecessor, otherKey, otherValue, 0};
        end[5] = crc(begin, 4) * 31 + crc(end, 5);
        boolean forced = number % 3 == 0; // this way or the other
        if (has(PAGES_BEFORE_THE_LOG)) {
            writePage(bank, key, value);
            writePage(bank, otherKey, otherValue);
        }
        disk.write(
                place,
                1,
                forced && !has(FUA_IS_FORGOTTEN) && !has(FUA_FOR_THE_LAST_RECORD_ALONE),
                begin);
        if (has(FLUSH_WITH_THE_LAST_RECORD)) {
            disk.await();
        }
        disk.write(place + 1, 1, forced && !has(FUA_IS_FORGOTTEN), end);
        predecessor = end[5];
        number++;
        values[key] = value;
        values[otherKey] = otherValue;
        if (forced) {
            disk.await();
        } else {
            unforced = true;
        }
    }

    /** What was submitted is durable when this returns. */
    void force() {
        if (unforced && !has(NO_FLUSH_OF_THE_RECORDS)) {
            boolean atOnce = has(FLUSH_WITH_THE_RECORDS) || has(FLUSH_WITH_THE_LAST_RECORD);
            disk.flush(atOnce, has(FLUSH_OF_ANOTHER_NAMESPACE));
        }
        unforced = false;
        disk.await();
    }

    /* ---- pages and superblocks ---- */

    private void writePage(int toBank, int key, int value) {
        disk.write(PAGES + toBank * KEYS + key, 1, false, value);
    }

    private void writePages() {
        bank ^= 1;
        for (int key = 0; key < KEYS; key++) {
            if (has(PAGE_IS_WRITTEN_TWICE_AT_ONCE)) {
                writePage(bank, key, -1);
            }
            writePage(bank, key, values[key]);
        }
        if (!has(NO_FLUSH_OF_THE_PAGES) && !(recovering && has(NO_FLUSH_IN_RECOVERY))) {
            boolean atOnce =
                    has(
                            recovering
                                    ? FLUSH_WITH_THE_PAGES_THAT_WERE_RECOVERED
                                    : FLUSH_WITH_THE_PAGES);
            disk.flush(atOnce, false);
        }
        disk.await();
    }

    private void writeSuperblock(int copy) {
        int[] words = new int[LAST_WORD + 1];
        Arrays.fill(words, sequence); // so that one that is torn has parts of both
        words[0] = MAGIC;
        words[1] = sequence;
        words[2] = first;
        words[3] = bank;
        words[LAST_WORD - 2] = bank;
        words[LAST_WORD - 1] = predecessor;
        words[LAST_WORD] = crc(words, LAST_WORD);
        disk.write((long) copy * SUPERBLOCK_BLOCKS, SUPERBLOCK_BLOCKS, false, words);
    }

    private void writeSuperblocks() {
        sequence++;
        int begin = has(GOOD_SUPERBLOCK_IS_WRITTEN_FIRST) ? good : good ^ 1;
        writeSuperblock(begin);
        boolean atOnce = has(BOTH_SUPERBLOCKS_AT_ONCE) || has(FLUSH_WITH_BOTH_SUPERBLOCKS);
        if (!atOnce
                && !has(NO_FLUSH_BETWEEN_THE_SUPERBLOCKS)
                && !has(NO_FLUSH_OF_THE_SUPERBLOCKS)) {
            disk.flush(has(FLUSH_WITH_THE_FIRST_SUPERBLOCK), false);
        } else if (!atOnce) {
            disk.await();
        }
        writeSuperblock(begin ^ 1);
        if (!has(NO_FLUSH_OF_THE_SUPERBLOCKS)) {
            disk.flush(has(FLUSH_WITH_BOTH_SUPERBLOCKS), false);
        }
        disk.await();
    }

    private void checkpoint() {
        force();
        if (has(LOG_IS_REUSED_BEFORE_THE_SUPERBLOCKS)) {
            first = number;
            writePages();
            return; // they are written with the next one
        }
        if (has(SUPERBLOCKS_BEFORE_THE_PAGES)) {
            first = number;
            bank ^= 1; // where the pages are going to be
            writeSuperblocks();
            bank ^= 1;
            writePages();
            return;
        }
        writePages();
        first = number;
        writeSuperblocks();
    }

    /* ---- recovery ---- */

    private void recover() {
        recovering = true;
        readSuperblock();
        replay();
        if (!has(PAGES_ARE_NOT_RECOVERED)) {
            writePages();
        }
        first = number;
        writeSuperblocks();
        recovering = false;
    }

    private void readSuperblock() {
        int[] best = {};
        for (int copy = 0; copy < 2; copy++) {
            int[] words = disk.read((long) copy * SUPERBLOCK_BLOCKS, SUPERBLOCK_BLOCKS);
            boolean isGood =
                    words[0] == MAGIC
                            && (has(SUPERBLOCKS_ARE_NOT_CHECKED)
                                    || words[LAST_WORD] == crc(words, LAST_WORD));
            boolean isBetter = best.length == 0 || words[1] > best[1];
            if (isGood && isBetter) {
                best = words;
                good = copy;
            }
        }
        if (best.length == 0) {
            throw new AssertionError("no superblock");
        }
        sequence = best[1];
        first = best[2];
        number = first;
        predecessor = best[LAST_WORD - 1];
        bank = best[3];
        for (int key = 0; key < KEYS; key++) {
            int from = key < HALF_OF_THE_KEYS ? bank : best[LAST_WORD - 2];
            values[key] = disk.read(PAGES + from * KEYS + key, 1)[0];
        }
    }

    private void replay() {
        int passed = 0;
        while (number - first + passed < TRANSACTIONS) {
            if (apply(number + passed)) {
                number += passed + 1;
                passed = 0;
            } else if (has(GAPS_ARE_PASSED_OVER)) {
                passed++;
            } else {
                return;
            }
        }
    }

    /** Returns whether there is a transaction of that number. */
    private boolean apply(int expected) {
        int place = LOG + 2 * (expected % TRANSACTIONS);
        int[] begin = disk.read(place, 1);
        int[] end = disk.read(place + 1L, 1);
        boolean isNumbered = end[1] == expected; // and the other by the checksum
        boolean follows = end[2] == predecessor;
        boolean isWhole = end[5] == crc(begin, 4) * 31 + crc(end, 5);
        if (begin[0] != MAGIC
                || end[0] != MAGIC
                || (!isNumbered && !has(SEQUENCES_ARE_NOT_CHECKED))
                || (!follows && !mayNotFollow())
                || (!isWhole && !has(RECORDS_ARE_NOT_CHECKED))) {
            return false;
        }
        predecessor = end[5];
        values[begin[2]] = begin[3];
        values[end[3]] = end[4];
        return true;
    }

    private boolean mayNotFollow() {
        return has(PREDECESSORS_ARE_NOT_CHECKED)
                || has(SEQUENCES_ARE_NOT_CHECKED)
                || has(GAPS_ARE_PASSED_OVER);
    }

    private static int crc(int[] words, int count) {
        CRC32 crc = new CRC32();
        for (int i = 0; i < count; i++) {
            crc.update(words[i]);
            crc.update(words[i] >>> 8);
            crc.update(words[i] >>> 16);
            crc.update(words[i] >>> 24);
        }
        return (int) crc.getValue() | 1;
    }

    @Override
    public void close() {
        disk.close();
    }
}
