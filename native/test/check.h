/* SPDX-License-Identifier: Apache-2.0 */

/* Assertions and a runner for tests. A failed check ends the program. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void check_failed(const char *file, int line, const char *text) {
    fprintf(stderr, "%s:%d: failed: %s\n", file, line, text);
    abort();
}

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            check_failed(__FILE__, __LINE__, #condition);                                          \
        }                                                                                          \
    } while (0)

#define CHECK_EQUAL(expected, actual)                                                              \
    do {                                                                                           \
        const long long check_expected = (long long)(expected);                                    \
        const long long check_actual = (long long)(actual);                                        \
        if (check_expected != check_actual) {                                                      \
            fprintf(stderr, "expected %lld (0x%llx), got %lld (0x%llx)\n", check_expected,         \
                    (unsigned long long)check_expected, check_actual,                              \
                    (unsigned long long)check_actual);                                             \
            check_failed(__FILE__, __LINE__, #actual " == " #expected);                            \
        }                                                                                          \
    } while (0)

#define CHECK_CONTAINS(part, text)                                                                 \
    do {                                                                                           \
        if (strstr((text), (part)) == NULL) {                                                      \
            fprintf(stderr, "expected \"%s\" in \"%s\"\n", (part), (text));                        \
            check_failed(__FILE__, __LINE__, #text);                                               \
        }                                                                                          \
    } while (0)

#define RUN(test)                                                                                  \
    do {                                                                                           \
        printf("%s\n", #test);                                                                     \
        fflush(stdout);                                                                            \
        test();                                                                                    \
    } while (0)

#endif
