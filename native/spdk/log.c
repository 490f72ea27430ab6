/* SPDX-License-Identifier: Apache-2.0 */

/*
 * SPDK and DPDK say why something failed in their logs only. They are kept, per thread, so that an
 * error returned to the caller can hold the reason, and nothing is printed by a library. For
 * debugging, NVME4J_SPDK_LOG=1 in the environment prints every line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spdk/log.h>

#include "spdk_transport.h"

/* Declared here, so that no header of DPDK is needed; absent where DPDK is. */
extern int rte_openlog_stream(FILE *stream) __attribute__((weak));

static _Thread_local struct n4j_spdk_log_lines lines;
static bool print;

/* SPDK begins lines with what they are about, in brackets: names that the caller gave, and pointers. */
static const char *skip_subject(const char *line) {
    const char *end;
    while (*line == '[' && (end = strstr(line, "] ")) != NULL) {
        line = end + 2;
    }
    return line;
}

/* The first error is the cause; the ones after it tell what failed in turn. */
static void keep_error(const char *line) {
    line = skip_subject(line);
    if (lines.error[0] == '\0') {
        snprintf(lines.error, sizeof(lines.error), "%.*s", (int)sizeof(lines.error) - 1, line);
        lines.error[strcspn(lines.error, "\r\n")] = '\0';
    }
}

static void keep(const char *line) {
    size_t used = strlen(lines.text);
    snprintf(lines.text + used, sizeof(lines.text) - used, "%s", line);
    if (print) {
        fputs(line, stderr);
    }
}

static void keep_spdk(int level, const char *file, const int number, const char *function,
                      const char *format, va_list arguments) {
    (void)file;
    (void)number;
    (void)function;
    char line[512];
    vsnprintf(line, sizeof(line), format, arguments);
    if (level == SPDK_LOG_ERROR) {
        keep_error(line);
    }
    keep(line);
}

/* DPDK's lines carry no level here; those before a failure are the ones that count. */
static ssize_t keep_dpdk(void *cookie, const char *bytes, size_t length) {
    (void)cookie;
    char line[512];
    snprintf(line, sizeof(line), "%.*s", (int)length, bytes);
    keep(line);
    return (ssize_t)length;
}

void n4j_spdk_log_open(void) {
    const char *wanted = getenv("NVME4J_SPDK_LOG");
    print = wanted != NULL && strcmp(wanted, "0") != 0;
    spdk_log_open(keep_spdk);
    if (rte_openlog_stream != NULL) {
        cookie_io_functions_t functions = {.write = keep_dpdk};
        FILE *stream = fopencookie(NULL, "w", functions);
        if (stream != NULL) {
            setvbuf(stream, NULL, _IOLBF, 512);
            rte_openlog_stream(stream);
        }
    }
}

void n4j_spdk_log_begin(void) {
    lines.error[0] = '\0';
    lines.text[0] = '\0';
}

const char *n4j_spdk_log_error(void) {
    return lines.error;
}

bool n4j_spdk_log_contains(const char *text) {
    return strstr(lines.text, text) != NULL;
}

void n4j_spdk_log_save(struct n4j_spdk_log_lines *saved) {
    *saved = lines;
}

void n4j_spdk_log_restore(const struct n4j_spdk_log_lines *saved) {
    lines = *saved;
}
