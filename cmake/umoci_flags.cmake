# SPDX-License-Identifier: Apache-2.0
# Language level, warnings, hardening and sanitizers, as the target umoci_flags
# which every target of this project links privately.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE_PROGRAM ccache)
  mark_as_advanced(CCACHE_PROGRAM)
  if(CCACHE_PROGRAM)
    # One cache for all checkouts, precompiled headers included.
    set(CMAKE_CXX_COMPILER_LAUNCHER env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      "${CCACHE_PROGRAM}")
  endif()
endif()

add_library(umoci_flags INTERFACE)

target_compile_options(umoci_flags INTERFACE
  -Wall -Wextra -Wpedantic
  -Wshadow -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wcast-align -Wformat=2 -Wimplicit-fallthrough
  -Wmissing-declarations -Wextra-semi -Wundef
  # Option structs are written as Options{.one = 1}, leaving the rest at their defaults.
  -Wno-missing-field-initializers)
# The program does not depend on where it was built.
target_compile_options(umoci_flags INTERFACE "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(umoci_flags INTERFACE
    -fpch-preprocess
    -Wduplicated-cond -Wlogical-op -Wsuggest-override)
else()
  # clang blames us for what libstdc++'s own stable_sort() uses.
  target_compile_options(umoci_flags INTERFACE -Wno-deprecated-declarations)
endif()
if(UMOCI_WERROR)
  target_compile_options(umoci_flags INTERFACE -Werror)
endif()

if(UMOCI_SANITIZE)
  set(sanitize_flags -fsanitize=${UMOCI_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_compile_options(umoci_flags INTERFACE ${sanitize_flags})
  target_link_options(umoci_flags INTERFACE ${sanitize_flags})
else()
  # _FORTIFY_SOURCE needs an optimising build, and the sanitizers want the plain libc calls.
  set(fortify "$<AND:$<CONFIG:Release,RelWithDebInfo>,$<NOT:$<BOOL:$<TARGET_PROPERTY:UMOCI_TEST>>>>")
  target_compile_options(umoci_flags INTERFACE
    -fstack-protector-strong -fstack-clash-protection
    $<${fortify}:-U_FORTIFY_SOURCE> $<${fortify}:-D_FORTIFY_SOURCE=3>)
  target_compile_definitions(umoci_flags INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(umoci_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
if(UMOCI_FUZZ)
  target_compile_options(umoci_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
if(UMOCI_STATIC)
  # Static and position independent at once; the find_* calls below must see archives only.
  target_link_options(umoci_flags INTERFACE -static-pie)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(ZLIB_USE_STATIC_LIBS ON)
endif()
