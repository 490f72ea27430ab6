# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0

# The command's own options of the JVM, which give way to those that the environment has, in any of the
# variables that the JVM, java and the command look at. To be sourced.

jvm_options_given() {
    echo "${JAVA_TOOL_OPTIONS-} ${JDK_JAVA_OPTIONS-} ${NVME4J_JAVA_OPTS-} ${_JAVA_OPTIONS-}"
}

# Whether one of the options given begins like this. What a file of options says isn't known: it may.
jvm_has() (
    set -f
    for word in $(jvm_options_given); do
        for start in '@' '-XX:Flags=' '-XX:VMOptionsFile=' "$@"; do
            # shellcheck disable=SC2254 # it is a pattern
            case $word in
            $start*) exit 0 ;;
            esac
        done
    done
    exit 1
)

# The JVM takes one collector only, and no heap that is larger at first than it may become.
jvm_memory_options() {
    jvm_has '-XX:[+-]Use*GC' || echo -XX:+UseSerialGC
    jvm_has -Xm[sx] '-XX:*HeapSize=' '-XX:*RAM' || echo -Xms64m
}

# Options in which logs of the JVM's go to stderr where they would go to stdout.
jvm_logs_to_stderr() {
    printf %s "$1" | tr ' ' '\n' | sed -E \
        -e 's/^-verbose:gc$/-Xlog:gc/' \
        -e 's/^-verbose(:class)?$/-Xlog:class+load,class+unload/' \
        -e 's/^-verbose:module$/-Xlog:module+load,module+unload/' \
        -e 's/^-verbose:jni$/-Xlog:jni+resolve=debug/' \
        -e 's/^-Xlog$/-Xlog:all/' \
        -e '/^-Xlog:(disable|help|async)/b' \
        -e 's/^(-Xlog:[^:]*)(:|:stdout)?$/\1:stderr/' \
        -e 's/^(-Xlog:[^:]*):(stdout)?:/\1:stderr:/' |
        tr '\n' ' '
}

# Stdout is the command's alone: logs of the JVM's go to stderr, and without being asked for there are
# none but of errors. That comes first, as the first variable does, so that all others have their say.
jvm_keep_stdout_clean() {
    quiet='-Xlog:disable -Xlog:all=error,cds*=off,aot*=off:stderr'
    jvm_quiet_options=
    for variable in JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS; do
        eval "given=\${$variable-}"
        if [ -n "$given" ]; then
            given=$(jvm_logs_to_stderr "$given")
            eval "export $variable=\"\$quiet \$given\""
            quiet=
        fi
    done
    # shellcheck disable=SC2034 # for the script that sources this one
    jvm_quiet_options=$quiet
    if [ -n "${_JAVA_OPTIONS-}" ]; then
        _JAVA_OPTIONS=$(jvm_logs_to_stderr "$_JAVA_OPTIONS")
        export _JAVA_OPTIONS
    fi
    NVME4J_JAVA_OPTS=$(jvm_logs_to_stderr "${NVME4J_JAVA_OPTS-}")
}

# Runs the jdk's java as if the environment had no options.
jvm_alone() {
    env -u JAVA_TOOL_OPTIONS -u JDK_JAVA_OPTIONS -u _JAVA_OPTIONS "$@"
}
