# SPDX-License-Identifier: Apache-2.0
# The libraries this project stands on. Modules name them under LINK.

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(deflate REQUIRED IMPORTED_TARGET libdeflate)

# ISA-L inflates several times faster than zlib but exists for few processors, and Debian has
# no static archive of it. Without it ISAL::ISAL is empty and codec uses zlib.
find_package(ISAL)
if(NOT ISAL_FOUND)
  message(STATUS "ISA-L not found: gzip is read with zlib")
  add_library(ISAL::ISAL INTERFACE IMPORTED)
endif()

if(UMOCI_TESTS)
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
  include(GoogleTest)
endif()
