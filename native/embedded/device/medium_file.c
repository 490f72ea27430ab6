/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A medium in a file. System calls and not a mapping, so that a full disk, a bad sector or a file that
 * someone truncated becomes the status of one command and not a signal.
 */
#define _GNU_SOURCE /* fallocate, preadv */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/file_trailer.h"
#include "device/medium.h"
#include "device/transfer.h"

static int fail_errno(struct n4j_error *error, const char *what, const char *path) {
    int code = errno;
    return n4j_fail(error, -code, "can't %s %s: %s", what, path, strerror(code));
}

/* The process that holds a lock on the file, by /proc/locks, or 0 where that doesn't tell. */
static long lock_holder(const struct stat *file) {
    FILE *locks = fopen("/proc/locks", "re");
    if (locks == NULL) {
        return 0;
    }
    long holder = 0;
    char line[256];
    while (holder == 0 && fgets(line, sizeof(line), locks) != NULL) {
        /* "12: FLOCK  ADVISORY  WRITE 4711 fe:01:1234 0 EOF" */
        long pid;
        unsigned major_number;
        unsigned minor_number;
        unsigned long inode;
        if (sscanf(line, "%*s FLOCK %*s %*s %ld %x:%x:%lu", &pid, &major_number, &minor_number,
                   &inode) == 4 &&
            inode == file->st_ino && makedev(major_number, minor_number) == file->st_dev) {
            holder = pid;
        }
    }
    fclose(locks);
    return holder;
}

/* flock, since its locks are of the open file: they hold against another attach in this process, too. */
static int lock_file(const struct namespace *ns, const struct stat *file, struct n4j_error *error) {
    if (flock(ns->file, LOCK_EX | LOCK_NB) == 0) {
        return 0;
    }
    if (errno != EWOULDBLOCK) {
        return fail_errno(error, "lock", ns->path);
    }
    long holder = lock_holder(file);
    if (holder > 0) {
        return n4j_fail(error, -EBUSY, "%s is in use by another controller (process %ld)", ns->path,
                        holder);
    }
    return n4j_fail(error, -EBUSY, "%s is in use by another controller", ns->path);
}

static int make_new_file(struct namespace *ns, struct n4j_error *error) {
    errno = file_trailer_put(ns->file, namespace_medium_size(ns, ns->size), ns->number, &ns->life);
    return errno == 0 ? 0 : fail_errno(error, "make", ns->path);
}

static int check_old_file(struct namespace *ns, uint64_t medium_size, bool size_given,
                          struct n4j_error *error) {
    const uint32_t block_size = ns->block_size + ns->metadata_size;
    if (medium_size % block_size != 0) {
        return n4j_fail(error, -EINVAL,
                        "%s has %" PRIu64 " bytes, which is no number of %" PRIu32 "-byte blocks%s",
                        ns->path, medium_size, block_size,
                        ns->metadata_size != 0 ? " with their metadata" : "");
    }
    const uint64_t size = medium_size / block_size * ns->block_size;
    if (size_given && size != ns->size) {
        return n4j_fail(error, -EINVAL,
                        "%s has room for %" PRIu64 " bytes, not %" PRIu64
                        ": leave size out, or remove the file",
                        ns->path, size, ns->size);
    }
    ns->size = size;
    return 0;
}

static int open_old_file(struct namespace *ns, const struct stat *file, bool size_given,
                         struct n4j_error *error) {
    const uint64_t file_size = (uint64_t)file->st_size;
    ns->is_foreign = !file_trailer_find(ns->file, file_size, &ns->number, &ns->life);
    if (ns->is_foreign) {
        ns->number = file->st_dev * UINT64_C(0x9e3779b97f4a7c15) + file->st_ino;
    }
    return check_old_file(ns, ns->is_foreign ? file_size : file_size - FILE_TRAILER_SIZE,
                          size_given, error);
}

static int open_descriptor(struct namespace *ns, bool size_given, struct n4j_error *error) {
    /* Only a size says that the file may be made. */
    ns->file = size_given ? open(ns->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666) : -1;
    ns->created = ns->file >= 0;
    if (!size_given || (!ns->created && errno == EEXIST)) {
        /* Without waiting for the other end, should it be a FIFO. */
        ns->file = open(ns->path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    }
    if (!size_given && ns->file < 0 && errno == ENOENT) {
        return n4j_fail(error, -ENOENT,
                        "there is no file %s: add size: to make it, such as size:1G", ns->path);
    }
    return ns->file >= 0 ? 0 : fail_errno(error, "open", ns->path);
}

/* Those of procfs, sysfs and their like call themselves regular, and can't be mapped. */
static bool keeps_data(int file) {
    void *page = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, file, 0);
    return page != MAP_FAILED && munmap(page, 1) == 0;
}

static int prepare_file(struct namespace *ns, bool size_given, struct n4j_error *error) {
    struct stat file;
    if (fstat(ns->file, &file) != 0) {
        return fail_errno(error, "open", ns->path);
    }
    if (!S_ISREG(file.st_mode) || !keeps_data(ns->file)) {
        return n4j_fail(error, -EINVAL, "%s is no regular file", ns->path);
    }
    int code = lock_file(ns, &file, error);
    if (code != 0) {
        return code;
    }
    /* Again, as until here another process may have given it its size. */
    if (fstat(ns->file, &file) != 0) {
        return fail_errno(error, "open", ns->path);
    }
    if (file.st_size > 0) {
        return open_old_file(ns, &file, size_given, error);
    }
    /* An empty file is as good as new: its maker may have been killed before it gave it a size. */
    return size_given
               ? make_new_file(ns, error)
               : n4j_fail(error, -EINVAL, "%s is empty: add size:, such as size:1G", ns->path);
}

static void file_close(struct namespace *ns, bool discard) {
    if (discard && ns->created) {
        unlink(ns->path);
    }
    close(ns->file);
    free(ns->path);
}

static int file_open(struct namespace *ns, const struct config *config, struct n4j_error *error) {
    ns->path = strdup(config->path);
    if (ns->path == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    int code = open_descriptor(ns, config->size_given, error);
    if (code != 0) {
        free(ns->path);
        return code;
    }
    code = prepare_file(ns, config->size_given, error);
    if (code != 0) {
        file_close(ns, true);
    }
    return code;
}

static uint16_t write_status(int code) {
    return code == ENOSPC || code == EDQUOT || code == EFBIG ? NVME_CAPACITY_EXCEEDED
                                                             : NVME_WRITE_FAULT;
}

typedef ssize_t (*vector_fn)(int file, const struct iovec *pieces, int count, off_t offset);

/* Moves all pieces, however little a call moves. 0, or an errno; EIO at the end of the file. */
static int move_all(vector_fn move, int file, uint64_t offset, const struct iovec *pieces,
                    unsigned count) {
    struct iovec left[TRANSFER_PIECES];
    memcpy(left, pieces, count * sizeof(*pieces));
    unsigned first = 0;
    while (first < count) {
        ssize_t moved = move(file, &left[first], (int)(count - first), (off_t)offset);
        if (moved < 0 && errno == EINTR) {
            continue;
        }
        if (moved <= 0) {
            return moved < 0 ? errno : EIO;
        }
        offset += (uint64_t)moved;
        size_t done = (size_t)moved;
        while (first < count && done >= left[first].iov_len) {
            done -= left[first++].iov_len;
        }
        if (done > 0) {
            left[first].iov_base = (char *)left[first].iov_base + done;
            left[first].iov_len -= done;
        }
    }
    return 0;
}

static uint16_t file_read(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                          unsigned count) {
    return move_all(preadv, ns->file, offset, pieces, count) == 0 ? NVME_SUCCESS
                                                                  : NVME_UNRECOVERED_READ_ERROR;
}

static uint16_t file_write(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                           unsigned count) {
    int code = move_all(pwritev, ns->file, offset, pieces, count);
    return code == 0 ? NVME_SUCCESS : write_status(code);
}

/* For file systems that can't punch holes. */
static uint16_t write_zeroes(struct namespace *ns, uint64_t offset, uint64_t length) {
    static const uint8_t zeroes[64 << 10];
    uint16_t status = NVME_SUCCESS;
    while (length > 0 && status == NVME_SUCCESS) {
        const uint64_t part = length < sizeof(zeroes) ? length : sizeof(zeroes);
        const struct iovec piece = {(void *)zeroes, part};
        status = file_write(ns, offset, &piece, 1);
        offset += part;
        length -= part;
    }
    return status;
}

static uint16_t file_zero(struct namespace *ns, uint64_t offset, uint64_t length) {
    int code;
    do {
        code = fallocate(ns->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
                         (off_t)length) == 0
                   ? 0
                   : errno;
    } while (code == EINTR);
    if (code == EOPNOTSUPP || code == ENOSYS) {
        return write_zeroes(ns, offset, length);
    }
    return code == 0 ? NVME_SUCCESS : write_status(code);
}

static uint16_t file_sync(struct namespace *ns) {
    return fdatasync(ns->file) == 0 ? NVME_SUCCESS : write_status(errno);
}

/* A file that has no trailer, or has been cut or lengthened by somebody, is left as it is. */
static void file_keep_life(const struct namespace *ns) {
    const uint64_t size = namespace_medium_size(ns, ns->size);
    struct stat file;
    if (!ns->is_foreign && fstat(ns->file, &file) == 0 &&
        (uint64_t)file.st_size == size + FILE_TRAILER_SIZE) {
        file_trailer_put(ns->file, size, ns->number, &ns->life);
    }
}

const struct medium medium_file = {
    .name = "file",
    .has_volatile_cache = true,
    .open = file_open,
    .close = file_close,
    .read = file_read,
    .write = file_write,
    .zero = file_zero,
    .sync = file_sync,
    .keep_life = file_keep_life,
};
