/* SPDX-License-Identifier: Apache-2.0 */

/* What the machine has of hugepages. */
#include <dirent.h>
#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spdk_transport.h"

static uint64_t free_pages_of(const char *directory, const char *pool) {
    char path[512];
    snprintf(path, sizeof(path), "%s/%s/free_hugepages", directory, pool);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    unsigned long long pages;
    if (fscanf(file, "%llu", &pages) != 1) {
        pages = 0;
    }
    fclose(file);
    return pages;
}

/* Bytes of free hugepages, of every size, in a directory of the kernel's pools. */
static uint64_t free_in(const char *pools) {
    DIR *directory = opendir(pools);
    if (directory == NULL) {
        return 0;
    }
    uint64_t bytes = 0;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        unsigned long long kib;
        if (sscanf(entry->d_name, "hugepages-%llukB", &kib) == 1) {
            bytes += free_pages_of(pools, entry->d_name) * kib * 1024;
        }
    }
    closedir(directory);
    return bytes;
}

static bool has_processors(int node) {
    char path[64];
    snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/cpulist", node);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return true;
    }
    int first = fgetc(file);
    fclose(file);
    return first != EOF && first != '\n';
}

/* DPDK takes pages of the NUMA nodes that have processors, and knows of no others. */
uint64_t n4j_spdk_hugepages_free(void) {
    uint64_t bytes = free_in("/sys/kernel/mm/hugepages");
    DIR *nodes = opendir("/sys/devices/system/node");
    if (nodes == NULL) {
        return bytes;
    }
    const struct dirent *entry;
    while ((entry = readdir(nodes)) != NULL) {
        int node;
        if (sscanf(entry->d_name, "node%d", &node) == 1 && !has_processors(node)) {
            char pools[64];
            snprintf(pools, sizeof(pools), "/sys/devices/system/node/node%d/hugepages", node);
            bytes -= free_in(pools);
        }
    }
    closedir(nodes);
    return bytes;
}

/* Calls `visit` for each mounted hugetlbfs; returns how many there are. */
static int each_mount(void (*visit)(const struct mntent *mount, void *argument), void *argument) {
    FILE *mounts = setmntent("/proc/mounts", "re");
    if (mounts == NULL) {
        return 0;
    }
    int count = 0;
    struct mntent entry;
    char line[1024];
    while (getmntent_r(mounts, &entry, line, sizeof(line)) != NULL) {
        if (strcmp(entry.mnt_type, "hugetlbfs") == 0) {
            visit(&entry, argument);
            count++;
        }
    }
    endmntent(mounts);
    return count;
}

#define SIZES_MAX 4

struct access_result {
    char sizes[SIZES_MAX][16]; /* of pages, of which a mount was seen */
    int count;
    char refused[256];
    bool allowed;
};

/* Whether it is the first for its size of pages, which is the one that DPDK takes. */
static bool is_first(struct access_result *result, const struct mntent *mount) {
    const char *option = hasmntopt(mount, "pagesize");
    char size[sizeof(result->sizes[0])];
    snprintf(size, sizeof(size), "%.*s", option == NULL ? 0 : (int)strcspn(option, ","), option);
    for (int i = 0; i < result->count; i++) {
        if (strcmp(result->sizes[i], size) == 0) {
            return false;
        }
    }
    if (result->count < SIZES_MAX) {
        memcpy(result->sizes[result->count++], size, sizeof(size));
    }
    return true;
}

static void check_access(const struct mntent *mount, void *argument) {
    struct access_result *result = argument;
    if (!is_first(result, mount)) {
        return;
    }
    if (access(mount->mnt_dir, R_OK | W_OK | X_OK) == 0) {
        result->allowed = true;
    } else if (result->refused[0] == '\0') {
        snprintf(result->refused, sizeof(result->refused), "%s", mount->mnt_dir);
    }
}

int n4j_spdk_hugepages_accessible(struct n4j_error *error) {
    struct access_result result = {.allowed = false};
    if (each_mount(check_access, &result) == 0) {
        return n4j_fail(error, -ENOENT,
                        "SPDK needs hugepages, and no hugetlbfs is mounted: as root, run "
                        "'hugepages-setup/hugepages-setup mount'");
    }
    if (!result.allowed) {
        return n4j_fail(error, -EACCES,
                        "SPDK needs hugepages, and this user may not write to %s: as root, run "
                        "'hugepages-setup/hugepages-setup allow USER'",
                        result.refused);
    }
    return 0;
}

static void unlink_own(const struct mntent *mount, void *argument) {
    (void)argument;
    DIR *directory = opendir(mount->mnt_dir);
    if (directory == NULL) {
        return;
    }
    char prefix[64];
    int length = snprintf(prefix, sizeof(prefix), "spdk_pid%dmap_", (int)getpid());
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (strncmp(entry->d_name, prefix, (size_t)length) == 0) {
            unlinkat(dirfd(directory), entry->d_name, 0);
        }
    }
    closedir(directory);
}

/*
 * With all pages of a kind in one file, which vfio-user needs, DPDK can't remove the files' names
 * itself, and a process that was killed would leave its hugepages taken. DPDK works on through its
 * open descriptors.
 */
void n4j_spdk_hugepages_unlink(void) {
    each_mount(unlink_own, NULL);
}
