# SPDX-License-Identifier: Apache-2.0
# Finds Intel's ISA-L (package libisal-dev), which ships no CMake package.
# Defines the target ISAL::ISAL; its users see UMOCI_HAVE_ISAL=1.

find_path(ISAL_INCLUDE_DIR isa-l/igzip_lib.h)
find_library(ISAL_LIBRARY isal)
mark_as_advanced(ISAL_INCLUDE_DIR ISAL_LIBRARY)

if(EXISTS "${ISAL_INCLUDE_DIR}/isa-l.h")
  file(STRINGS "${ISAL_INCLUDE_DIR}/isa-l.h" lines REGEX "define ISAL_[A-Z]+_VERSION +[0-9]+")
  string(REGEX MATCHALL "[0-9]+" ISAL_VERSION "${lines}")
  list(JOIN ISAL_VERSION "." ISAL_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ISAL
  REQUIRED_VARS ISAL_LIBRARY ISAL_INCLUDE_DIR
  VERSION_VAR ISAL_VERSION)

if(ISAL_FOUND AND NOT TARGET ISAL::ISAL)
  add_library(ISAL::ISAL UNKNOWN IMPORTED)
  set_target_properties(ISAL::ISAL PROPERTIES
    IMPORTED_LOCATION "${ISAL_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${ISAL_INCLUDE_DIR}"
    INTERFACE_COMPILE_DEFINITIONS UMOCI_HAVE_ISAL=1)
endif()
