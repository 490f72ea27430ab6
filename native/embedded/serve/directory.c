/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* SOCK_CLOEXEC, flock */

#include "serve/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 16

static int set_address(struct directory *directory, const char *path, struct n4j_error *error) {
    directory->address = (struct sockaddr_un){.sun_family = AF_UNIX};
    const size_t room = sizeof(directory->address.sun_path);
    /* A transport id has blanks between its keys. */
    if (path[0] == '\0' || strpbrk(path, " \t\r\n") != NULL) {
        return n4j_fail(error, -EINVAL,
                        "\"%s\": a transport id can't name it: give a directory without blanks",
                        path);
    }
    const int length = snprintf(directory->address.sun_path, room, "%s/cntrl", path);
    if (length < 0 || (size_t)length >= room) {
        return n4j_fail(
            error, -ENAMETOOLONG,
            "%s/cntrl is too long for a socket's address: give a directory of %zu bytes "
            "at most",
            path, room - sizeof("/cntrl"));
    }
    return 0;
}

/* Its own servers are told by a lock, which ends with them. */
static int lock(struct directory *directory, const char *path, struct n4j_error *error) {
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        return n4j_fail(error, -errno, "can't make the directory %s: %s", path, strerror(errno));
    }
    directory->lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory->lock < 0) {
        return n4j_fail(error, -errno, "can't open the directory %s: %s", path, strerror(errno));
    }
    if (flock(directory->lock, LOCK_EX | LOCK_NB) != 0) {
        close(directory->lock);
        return n4j_fail(error, -EBUSY,
                        "a controller is served in %s already: give each a directory of its own",
                        path);
    }
    return 0;
}

/* Takes away what a server that is gone has left. */
static int clear(const struct directory *directory, int probe, struct n4j_error *error) {
    const char *path = directory->address.sun_path;
    struct stat status;
    if (lstat(path, &status) != 0) {
        return errno == ENOENT ? 0 : n4j_fail(error, -errno, "%s: %s", path, strerror(errno));
    }
    if (!S_ISSOCK(status.st_mode)) {
        return n4j_fail(error, -EEXIST, "%s is there and no socket: give another directory", path);
    }
    if (connect(probe, (const struct sockaddr *)&directory->address, sizeof(directory->address)) ==
        0) {
        return n4j_fail(error, -EBUSY, "another program serves at %s: give another directory",
                        path);
    }
    return unlink(path) == 0
               ? 0
               : n4j_fail(error, -errno, "can't remove %s: %s", path, strerror(errno));
}

static int new_socket(struct n4j_error *error) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd >= 0 ? fd : n4j_fail(error, -errno, "can't make a socket: %s", strerror(errno));
}

static int clear_with_probe(const struct directory *directory, struct n4j_error *error) {
    const int probe = new_socket(error);
    if (probe < 0) {
        return probe;
    }
    const int code = clear(directory, probe, error);
    close(probe);
    return code;
}

static int listen_at(const struct directory *directory, struct n4j_error *error) {
    const int fd = new_socket(error);
    if (fd < 0) {
        return fd;
    }
    if (bind(fd, (const struct sockaddr *)&directory->address, sizeof(directory->address)) == 0 &&
        listen(fd, BACKLOG) == 0) {
        return fd;
    }
    const int code = -errno;
    close(fd);
    return n4j_fail(error, code, "can't listen at %s: %s", directory->address.sun_path,
                    strerror(-code));
}

int directory_listen(struct directory *directory, const char *path, struct n4j_error *error) {
    int code = set_address(directory, path, error);
    if (code == 0) {
        code = lock(directory, path, error);
    }
    if (code != 0) {
        return code;
    }
    code = clear_with_probe(directory, error);
    if (code == 0) {
        code = listen_at(directory, error);
    }
    if (code < 0) {
        close(directory->lock);
    }
    return code;
}

void directory_close(struct directory *directory) {
    unlink(directory->address.sun_path);
    close(directory->lock);
}
