/* SPDX-License-Identifier: Apache-2.0 */

/* Process-wide options (n4j_option_set). */
#ifndef N4J_OPTIONS_H
#define N4J_OPTIONS_H

/* The value of an option, or NULL where it is not set. It stays valid and unchanged. */
const char *n4j_option(const char *name);

#endif
