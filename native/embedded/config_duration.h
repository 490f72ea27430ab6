/* SPDX-License-Identifier: Apache-2.0 */

/* Times as transport ids have them. */
#ifndef EMBEDDED_CONFIG_DURATION_H
#define EMBEDDED_CONFIG_DURATION_H

#include <stdint.h>

/* A number, 0 or more, and what is behind it; -EINVAL where there is none. */
int config_decimal_parse(const char *text, double *number, const char **unit);
/* Up to an hour: 500ns, 100us, 10ms, 1s. 0 or -EINVAL. */
int config_duration_parse(const char *text, uint64_t *ns);

#endif
