/* SPDX-License-Identifier: Apache-2.0 */

/* Which commands and features there are, and what they do (Base, "Commands Supported and Effects"). */
#include "device/device.h"

#define ADMIN (NVME_EFFECTS_SUPPORTED | NVME_EFFECTS_OF_CONTROLLER)
#define IO (NVME_EFFECTS_SUPPORTED | NVME_EFFECTS_OF_NAMESPACE)

void effects_of_commands(struct nvme_command_effects_log *log) {
    static const uint8_t admin[] = {
        NVME_DELETE_IO_SQ, NVME_CREATE_IO_SQ,
        NVME_GET_LOG_PAGE, NVME_DELETE_IO_CQ,
        NVME_CREATE_IO_CQ, NVME_IDENTIFY,
        NVME_ABORT,        NVME_SET_FEATURES,
        NVME_GET_FEATURES, NVME_ASYNC_EVENT_REQUEST,
        NVME_KEEP_ALIVE,
    };
    *log = (struct nvme_command_effects_log){
        .io = {
            [NVME_FLUSH] = IO,
            [NVME_WRITE] = IO | NVME_EFFECTS_CONTENT_CHANGE,
            [NVME_READ] = IO,
            [NVME_COMPARE] = IO,
            [NVME_WRITE_ZEROES] = IO | NVME_EFFECTS_CONTENT_CHANGE,
            [NVME_DATASET_MANAGEMENT] = IO | NVME_EFFECTS_CONTENT_CHANGE,
        }};
    for (unsigned i = 0; i < sizeof(admin) / sizeof(admin[0]); i++) {
        log->admin[admin[i]] = ADMIN;
    }
}

void effects_of_features(const struct device *device, uint32_t *effects) {
    for (unsigned fid = 0; fid < 256; fid++) {
        effects[fid] = feature_effects(device, (uint8_t)fid);
    }
}
