# SPDX-License-Identifier: Apache-2.0

# Configures and builds one preset, as the Maven build does:
#     cmake -DPRESET=release [-DTARGET=libraries] [-DWERROR=ON] -P native/build.cmake
# Over `cmake --preset` it picks a generator whose tool is installed, takes SPDK_DIR from the
# environment, and begins anew when the checkout was moved.
cmake_minimum_required(VERSION 3.21)

get_filename_component(SOURCE ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
set(BINARY ${SOURCE}/target/native/${PRESET})
set(CACHE_FILE ${BINARY}/CMakeCache.txt)

if(EXISTS ${CACHE_FILE})
    file(STRINGS ${CACHE_FILE} HOME REGEX "^CMAKE_HOME_DIRECTORY:")
    if(NOT HOME STREQUAL "CMAKE_HOME_DIRECTORY:INTERNAL=${SOURCE}")
        file(REMOVE_RECURSE ${BINARY})
    endif()
endif()

set(ARGUMENTS --preset ${PRESET})
if(NOT EXISTS ${CACHE_FILE} AND NOT DEFINED ENV{CMAKE_GENERATOR})
    find_program(NINJA NAMES ninja ninja-build)
    find_program(MAKE NAMES gmake make)
    if(NINJA)
        list(APPEND ARGUMENTS -G Ninja)
    elseif(MAKE)
        list(APPEND ARGUMENTS -G "Unix Makefiles")
    else()
        message(FATAL_ERROR "nvme4j's native library needs make or ninja: install one of them")
    endif()
endif()
if(DEFINED WERROR)
    list(APPEND ARGUMENTS -DNVME4J_WERROR=${WERROR})
endif()
if(DEFINED ENV{SPDK_DIR})
    list(APPEND ARGUMENTS -DSPDK_DIR=$ENV{SPDK_DIR})
endif()

function(run)
    execute_process(COMMAND ${ARGV} WORKING_DIRECTORY ${SOURCE} RESULT_VARIABLE CODE)
    if(NOT CODE EQUAL 0)
        list(JOIN ARGV " " LINE)
        message(FATAL_ERROR "failed (${CODE}): ${LINE}")
    endif()
endfunction()

run(${CMAKE_COMMAND} ${ARGUMENTS})
cmake_host_system_information(RESULT CORES QUERY NUMBER_OF_LOGICAL_CORES)
if(NOT TARGET)
    set(TARGET all)
endif()
run(${CMAKE_COMMAND} --build ${BINARY} --target ${TARGET} --parallel ${CORES})
