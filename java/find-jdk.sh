# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0

# find_jdk [javac]: sets jdk to the first JDK of 25 or newer (that has javac, where asked for), and
# returns 0; else sets jdk_found to what there is, and returns 1. To be sourced.

jdk_oldest=25

# Major version of the Java in a directory; nothing where there is none.
jdk_major() {
    [ -x "$1/bin/java" ] || return 0
    if [ -r "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\{0,1\}\(1\.\)\{0,1\}\([0-9][0-9]*\).*/\2/p' "$1/release"
    else
        "$1/bin/java" -XshowSettings:properties -version 2>&1 |
            sed -n 's/^ *java\.specification\.version = \(1\.\)\{0,1\}//p'
    fi
}

# Home of the java on the PATH, be it a link or a wrapper.
jdk_on_path() {
    java=$(command -v java) || return 0
    java=$(readlink -f -- "$java")
    if [ -r "${java%/bin/java}/release" ]; then
        echo "${java%/bin/java}"
    else
        "$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p'
    fi
}

# Takes the directory as jdk if it will do.
jdk_try() {
    [ -n "$1" ] || return 1
    major=$(jdk_major "$1")
    [ -n "$major" ] || return 1
    if [ "$major" -ge "$jdk_oldest" ] && { [ "$jdk_needs" != javac ] || [ -x "$1/bin/javac" ]; }; then
        # shellcheck disable=SC2034 # for the script that sources this one
        jdk=$1
        return 0
    fi
    real=$(readlink -f -- "$1")
    case $jdk_found in
    *"in $real,"*) ;;
    *)
        [ "$major" -lt "$jdk_oldest" ] || major="$major without javac"
        jdk_found="$jdk_found Java $major in $real,"
        ;;
    esac
    return 1
}

find_jdk() {
    jdk_needs=${1-}
    jdk_found=
    for candidate in "${NVME4J_JAVA_HOME-}" "${JAVA_HOME-}" "$(jdk_on_path)" /usr/lib/jvm/* \
        "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/*; do
        jdk_try "$candidate" && return 0
    done
    jdk_found=${jdk_found# }
    jdk_found=${jdk_found%,}
    return 1
}

# find_jdk, or ends the script with a line that says what is missing.
require_jdk() {
    find_jdk "$@" || {
        echo "nvme4j needs JDK $jdk_oldest or newer; found ${jdk_found:-no Java}; install one" \
            "(such as temurin-25-jdk) or set JAVA_HOME to one" >&2
        exit 1
    }
}

# Prints the option with which a call of native code passes no fence, where the jdk that was found has it:
# a fence waits for what the device is doing to the same cache lines. The JVM then has the kernel see to
# it, where the kernel and the container let it.
jdk_barrier_option() {
    ! "$jdk/bin/java" -XX:+UseSystemMemoryBarrier -version >/dev/null 2>&1 ||
        echo -XX:+UseSystemMemoryBarrier
}
