#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

# The launcher with options of the JVM in the environment. A program that prints a document takes the
# place of the command: no build is needed.

setup_file() {
    export checkout=$BATS_FILE_TMPDIR/checkout
    repository=$BATS_TEST_DIRNAME/../..
    # shellcheck source=/dev/null
    . "$repository/java/find-jdk.sh"
    require_jdk javac
    export NVME4J_JAVA_HOME=$jdk
    mkdir -p "$checkout"/java/x/src/main "$checkout"/native "$checkout"/target/command
    cp "$repository/nvme4j" "$checkout"
    cp "$repository"/java/*.sh "$checkout/java"
    touch "$checkout"/CMakeLists.txt "$checkout"/CMakePresets.json "$checkout"/pom.xml \
        "$checkout"/java/x/pom.xml
    cat >"$checkout/Print.java" <<'JAVA'
public final class Print {
    public static void main(String[] arguments) {
        System.gc();
        System.out.println("{}");
    }
}
JAVA
    (
        cd "$checkout" || exit
        "$jdk/bin/javac" Print.java
        "$jdk/bin/jar" --create --file target/command/nvme4j-cli.jar --main-class Print Print.class
    )
    mkdir "$checkout/target/command/lib"
    touch "$checkout/target/command/lib/libnvme4j_spdk.so" "$checkout/target/command/stamp"
}

setup() {
    unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS NVME4J_JAVA_OPTS SPDK_DIR
}

# The document is all that there is on stdout; sets log to stderr.
prints_the_document() {
    local status=0
    document=$("$@" "$checkout/nvme4j" 2>"$BATS_TEST_TMPDIR/log") || status=$?
    log=$(cat "$BATS_TEST_TMPDIR/log")
    [[ $status == 0 && $document == "{}" ]] || {
        echo "status $status, stdout: $document, stderr: $log"
        return 1
    }
}

@test "without options the JVM says nothing" {
    prints_the_document env
    [[ -z $log ]]
}

@test "a collector, a small heap and logs may be asked for in every variable that the JVM reads" {
    for variable in JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS NVME4J_JAVA_OPTS; do
        prints_the_document env "$variable=-XX:+UseG1GC -Xmx32m -verbose:gc"
        [[ $log == *"Using G1"* && $log == *"Pause Full"* ]]
    done
}

@test "logs of the JVM that would go to stdout go to stderr" {
    for option in -verbose:gc '-Xlog:gc*' -Xlog:gc:stdout -Xlog:gc::uptime -Xlog:gc:stdout:uptime; do
        prints_the_document env JAVA_TOOL_OPTIONS="$option"
        [[ $log == *"Pause Full"* ]]
    done
    for option in -verbose -verbose:class -Xlog; do
        prints_the_document env NVME4J_JAVA_OPTS="$option"
        [[ $log == *"java.lang.Object "* ]]
    done
}

@test "logs of the JVM that go to a file do so" {
    prints_the_document env JDK_JAVA_OPTIONS="-Xlog:gc:file=$BATS_TEST_TMPDIR/gc.log"
    grep -q "Pause Full" "$BATS_TEST_TMPDIR/gc.log"
    [[ $log != *"Pause Full"* ]]
}

@test "several variables are heard together, and options in files as well" {
    echo "-XX:+UseParallelGC -Xmx32m" >"$BATS_TEST_TMPDIR/options"
    prints_the_document env JDK_JAVA_OPTIONS="@$BATS_TEST_TMPDIR/options" \
        JAVA_TOOL_OPTIONS=-verbose:gc _JAVA_OPTIONS=-Xlog:gc:stdout
    [[ $log == *"Using Parallel"* ]]
}

@test "a heap may begin with another size" {
    prints_the_document env JAVA_TOOL_OPTIONS="-Xms8m -Xlog:gc+init"
    [[ $log == *"Heap Initial Capacity: 8M"* ]]
}
