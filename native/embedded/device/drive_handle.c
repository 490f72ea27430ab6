/* SPDX-License-Identifier: Apache-2.0 */

/* Drives as nvme4j.h has them. */
#include <errno.h>
#include <strings.h>

#include "device/drive.h"
#include "transport_id.h"

static int check_trtype(const char *transport_id, struct n4j_error *error) {
    char trtype[32] = "";
    const int found = n4j_trid_get(transport_id, "trtype", trtype, sizeof(trtype), error);
    return found < 0 ? found
           : strcasecmp(trtype, "EMBEDDED") == 0
               ? 0
               : n4j_trid_bad_value("trtype", trtype, "EMBEDDED for a drive", error);
}

int n4j_drive_open(const char *transport_id, n4j_drive **drive, char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    struct config config;
    int code = check_trtype(transport_id, &error);
    if (code == 0) {
        code = config_parse(transport_id, &config, &error);
    }
    return code == 0 ? drive_open(&config, drive, &error) : code;
}

uint64_t n4j_drive_history(n4j_drive *drive, uint64_t first, n4j_injected *records, uint64_t max) {
    return drive->faults == NULL ? 0 : faults_history(drive->faults, first, records, max);
}

int n4j_drive_close(n4j_drive *drive, char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    return drive_close(drive, &error);
}
