/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* dladdr */

#include "spdk_loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const char library_name[] = "libnvme4j_spdk.so";

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const struct n4j_transport *loaded;

/* In the directory of this library. */
static int library_path(char *path, size_t size) {
    Dl_info info;
    if (dladdr((void *)&n4j_spdk_load, &info) == 0) {
        return -ENOENT;
    }
    const char *slash = strrchr(info.dli_fname, '/');
    int directory = slash == NULL ? 0 : (int)(slash - info.dli_fname + 1);
    int length = snprintf(path, size, "%.*s%s", directory, info.dli_fname, library_name);
    return length < (int)size ? 0 : -ENAMETOOLONG;
}

static int open_library(const char *trtype, void **library, struct n4j_error *error) {
    char path[PATH_MAX];
    int code = library_path(path, sizeof(path));
    if (code != 0 || access(path, R_OK) != 0) {
        return n4j_fail(
            error, -ENOENT,
            "transport %s needs SPDK, and nvme4j was built without it: install SPDK with "
            "its pkg-config files (spdk_nvme, spdk_env_dpdk), set SPDK_DIR to its prefix, "
            "and build again",
            trtype);
    }
    /* Global: DPDK's drivers find its symbols only so. */
    *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (*library == NULL) {
        return n4j_fail(error, -ELIBACC,
                        "can't load the SPDK transport: %s (install the SPDK again that nvme4j was "
                        "built with, or set SPDK_DIR to another's prefix, and build again)",
                        dlerror());
    }
    return 0;
}

static int load(const char *trtype, struct n4j_error *error) {
    /* SPDK's constructors replace the SIGBUS handler, which the JVM needs: read it before. */
    static struct sigaction old_sigbus;
    sigaction(SIGBUS, NULL, &old_sigbus);
    void *library;
    int code = open_library(trtype, &library, error);
    if (code != 0) {
        return code;
    }
    n4j_spdk_entry_fn entry;
    *(void **)&entry = dlsym(library, N4J_SPDK_ENTRY);
    if (entry == NULL) {
        return n4j_fail(error, -ELIBBAD, "%s has no %s", library_name, N4J_SPDK_ENTRY);
    }
    const struct n4j_transport *transport = entry(&old_sigbus);
    if (transport->abi_version != N4J_ABI_VERSION) {
        return n4j_fail(error, -ELIBBAD,
                        "%s is of ABI version %u, libnvme4j.so of %u: build both anew",
                        library_name, transport->abi_version, N4J_ABI_VERSION);
    }
    loaded = transport;
    return 0;
}

const struct n4j_transport *n4j_spdk_load(const char *trtype, int *code, struct n4j_error *error) {
    pthread_mutex_lock(&lock);
    *code = loaded != NULL ? 0 : load(trtype, error);
    const struct n4j_transport *transport = loaded;
    pthread_mutex_unlock(&lock);
    return *code == 0 ? transport : NULL;
}
