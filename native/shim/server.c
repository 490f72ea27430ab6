/* SPDX-License-Identifier: Apache-2.0 */

/* Servers of nvme4j.h: of the built-in controller, the only one that can be served. */
#include <errno.h>
#include <strings.h>

#include "transport.h"
#include "transport_id.h"

int n4j_server_start(const char *transport_id, const char *directory, n4j_server **server,
                     char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    char trtype[32];
    const int found = n4j_trid_get(transport_id, "trtype", trtype, sizeof(trtype), &error);
    if (found < 0) {
        return found;
    }
    if (found == 0 || strcasecmp(trtype, n4j_embedded_transport.name) != 0) {
        return n4j_fail(&error, -EINVAL,
                        "\"%s\" can't be served: give a transport id with trtype:EMBEDDED",
                        transport_id);
    }
    return n4j_embedded_server_start(transport_id, directory, server, &error);
}

const char *n4j_server_transport_id(n4j_server *server) {
    return n4j_embedded_server_transport_id(server);
}

void n4j_server_stop(n4j_server *server) {
    n4j_embedded_server_stop(server);
}
