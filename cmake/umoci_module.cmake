# SPDX-License-Identifier: Apache-2.0
# Functions that turn a directory into build targets.

# umoci_module(NAME tar
#   DEPENDS base io tree                 # the modules its files may include, and nothing else
#   SOURCES reader.cpp writer.cpp        # empty: a header-only module
#   PRIVATE_HEADERS pax.hpp              # not installed, for this module's own files
#   TESTS reader_test.cpp writer_test.cpp
#   LINK ZLIB::ZLIB                      # libraries outside this project, never in public headers
#   TEST_COST 50                         # its tests start early: some are long
#   THREADED)                            # its tests also run under ThreadSanitizer in CI
#
# Makes the library umoci_<name> (alias umoci::<name>) and, with UMOCI_TESTS, one test program
# umoci_<name>_test. tests/layering reads DEPENDS and PRIVATE_HEADERS from the call.
function(umoci_module)
  cmake_parse_arguments(PARSE_ARGV 0 arg "THREADED" "NAME;TEST_COST"
    "DEPENDS;SOURCES;PRIVATE_HEADERS;TESTS;LINK")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "umoci_module(${arg_NAME}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(target umoci_${arg_NAME})
  list(TRANSFORM arg_DEPENDS PREPEND umoci:: OUTPUT_VARIABLE modules)
  set(libraries umoci_flags fmt::fmt ${arg_LINK})

  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${target} PUBLIC ${modules} PRIVATE ${libraries})
    set_property(GLOBAL APPEND PROPERTY UMOCI_LIBRARY_MODULES ${target})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${target} INTERFACE ${modules})
  endif()
  add_library(umoci::${arg_NAME} ALIAS ${target})
  set_property(GLOBAL APPEND PROPERTY UMOCI_MODULES umoci::${arg_NAME})
  set_property(GLOBAL APPEND PROPERTY UMOCI_PRIVATE_HEADERS ${arg_PRIVATE_HEADERS})

  if(UMOCI_TESTS AND arg_TESTS)
    set(label unit)
    if(arg_THREADED)
      # One word for both: ctest -L takes a regular expression.
      set(label unit-threads)
    endif()
    umoci_test_program(${target}_test LABEL ${label} SOURCES ${arg_TESTS}
      LINK ${target} ${arg_LINK} COST ${arg_TEST_COST})
    if(arg_THREADED AND UMOCI_UNIT_TESTS)
      add_dependencies(umoci_threaded_tests ${target}_test)
    endif()
  endif()
endfunction()

# Tests are compiled once and run once: optimising them would take longer than it saves.
function(umoci_compile_as_test target)
  set_target_properties(${target} PROPERTIES UMOCI_TEST ON)
  target_compile_options(${target} PRIVATE -O0)
endfunction()

# What nearly every test includes, compiled once: GoogleTest's headers take longer than most tests.
function(umoci_test_precompiled_header)
  file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/test_pch.cpp"
    CONTENT "// SPDX-License-Identifier: Apache-2.0\n")
  # A program like the tests themselves, for the compiler compares all options with theirs.
  add_executable(umoci_test_pch "${PROJECT_BINARY_DIR}/test_pch.cpp")
  target_link_libraries(umoci_test_pch PRIVATE
    umoci_flags fmt::fmt rapidcheck GTest::gmock GTest::gtest_main)
  umoci_compile_as_test(umoci_test_pch)
  target_precompile_headers(umoci_test_pch PRIVATE
    <gmock/gmock.h> <gtest/gtest.h> <filesystem> <functional> <map> <memory> <optional> <set>
    <string> <string_view> <vector>)
endfunction()

# umoci_test_program(umoci_tar_test LABEL unit SOURCES reader_test.cpp LINK umoci_tar)
# One GoogleTest program whose tests ctest runs one by one. It can include <umoci_test/...>, the
# headers in tests/support that help with any module's tests.
function(umoci_test_program target)
  if(NOT UMOCI_UNIT_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;COST" "SOURCES;LINK")
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_LINK}
    umoci_flags fmt::fmt rapidcheck GTest::gmock GTest::gtest_main)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support")
  umoci_compile_as_test(${target})
  target_precompile_headers(${target} REUSE_FROM umoci_test_pch)
  # On a clean checkout ctest does not know yet what is long: a long test that starts last leaves all
  # but one processor idle.
  set(cost "")
  if(arg_COST)
    set(cost COST ${arg_COST})
  endif()
  # Named <module>.<suite>.<test>: two modules may well test something of the same name.
  string(REGEX REPLACE "^umoci_(.*)_test$" "\\1." prefix ${target})
  gtest_discover_tests(${target} TEST_PREFIX ${prefix}
    DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${arg_LABEL} TIMEOUT 300 ${cost})
endfunction()
