/* SPDX-License-Identifier: Apache-2.0 */

#include "config_duration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DURATION_MAX_NS 3.6e12

int config_decimal_parse(const char *text, double *number, const char **unit) {
    char *end;
    *number = strtod(text, &end);
    *unit = end;
    /* strtod takes more than digits: blanks, signs, inf, 0x. */
    return text[0] >= '0' && text[0] <= '9' && text[1] != 'x' ? 0 : -EINVAL;
}

int config_duration_parse(const char *text, uint64_t *ns) {
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    double number = 0;
    const char *unit = "";
    if (config_decimal_parse(text, &number, &unit) != 0) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(unit, units[i].name) == 0 && number * units[i].ns <= DURATION_MAX_NS) {
            *ns = (uint64_t)(number * units[i].ns);
            return 0;
        }
    }
    return -EINVAL;
}
