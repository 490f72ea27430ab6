#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

# The comparison with a loop in C, with options of the JVM in the environment. Programs that print a
# figure take the place of both loops: no build is needed.

setup_file() {
    export checkout=$BATS_FILE_TMPDIR/checkout
    repository=$BATS_TEST_DIRNAME/../..
    # shellcheck source=/dev/null
    . "$repository/java/find-jdk.sh"
    require_jdk javac
    export NVME4J_JAVA_HOME=$jdk
    loops=$checkout/target/native/release/native/test
    mkdir -p "$checkout/bench/target" "$checkout/java" "$checkout/tools" "$loops"
    cp "$repository/bench/compare-c-loop" "$checkout/bench"
    cp "$repository"/java/*.sh "$checkout/java"
    ln -s /bin/true "$checkout/tools/mvn"
    ln -s /bin/true "$checkout/tools/cmake"
    # shellcheck disable=SC2016 # it expands when it runs
    printf '#!/bin/sh\necho C null "$1" 8\n' >"$loops/embedded_speed"
    chmod +x "$loops/embedded_speed"
    cat >"$checkout/QueuePairLoop.java" <<'JAVA'
package io.nvme4j.bench;

public final class QueuePairLoop {
    public static void main(String[] arguments) {
        System.out.println("Java null " + arguments[0] + " 10");
    }
}
JAVA
    (
        cd "$checkout" || exit
        "$jdk/bin/javac" -d classes QueuePairLoop.java
        "$jdk/bin/jar" --create --file bench/target/nvme4j-bench.jar -C classes .
    )
}

setup() {
    unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS NVME4J_JAVA_OPTS
}

compares() {
    [[ $(env PATH="$checkout/tools:$PATH" CORE=0 "$@" "$checkout/bench/compare-c-loop" 1 32) == \
        "depth   32: C 8.00 ns, Java 10.00 ns, 0.800 of its IOPS" ]]
}

@test "without options both loops run" {
    compares
}

@test "another collector and a small heap may be asked for in every variable that the JVM reads" {
    for variable in JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS NVME4J_JAVA_OPTS; do
        compares "$variable=-XX:+UseG1GC -Xmx32m"
    done
}
