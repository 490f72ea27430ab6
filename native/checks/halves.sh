#!/bin/sh
# SPDX-License-Identifier: Apache-2.0

# The embedded controller's two halves share registers, doorbells and queues alone: the driver (host/)
# knows one header of the controller (device/), which brings no other with it; the controller knows
# none of the driver's, and what both may know, none of either's.
set -eu
cd "$(dirname "$0")/../embedded"

only=device/controller.h
broken=no

# forbid PATTERN WHY FILE...
forbid() {
    pattern=$1
    why=$2
    shift 2
    if grep -HnE "^#include \"($pattern)" "$@" | grep -vF "\"$only\""; then
        echo "$why" >&2
        broken=yes
    fi
}

forbid device/ "the driver is to include $only, and nothing else of device/" host/*.[ch]
forbid '(device|host)/' "what both halves include is to include nothing of either" ./*.[ch]
forbid device/ "what the driver includes is to bring nothing else of device/ with it" $only
forbid host/ "the controller is to include nothing of host/" device/*.[ch]
[ $broken = no ]
