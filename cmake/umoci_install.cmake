# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts on a system: the program with its man pages and shell completion, one
# merged static library, the public headers, and the CMake and pkg-config descriptions of that library.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(library_modules GLOBAL PROPERTY UMOCI_LIBRARY_MODULES)
get_property(private_headers GLOBAL PROPERTY UMOCI_PRIVATE_HEADERS)

# Outside users see one library; which module depends on which is our own business.
if(library_modules)
  list(TRANSFORM library_modules REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
  add_library(umoci_library STATIC ${objects})
  add_library(umoci::umoci ALIAS umoci_library)
  set_target_properties(umoci_library PROPERTIES
    OUTPUT_NAME umoci EXPORT_NAME umoci LINKER_LANGUAGE CXX)
  target_compile_features(umoci_library INTERFACE cxx_std_20)
  target_include_directories(umoci_library INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(umoci_library PRIVATE
    Threads::Threads OpenSSL::Crypto ZLIB::ZLIB fmt::fmt PkgConfig::zstd PkgConfig::deflate)
  set(umoci_link_isal "")
  if(ISAL_FOUND)
    # By file name, so that users of the package need no find module for it.
    target_link_libraries(umoci_library PRIVATE isal)
    set(umoci_link_isal "-lisal")
  endif()

  set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/umoci")
  install(TARGETS umoci_library EXPORT umociTargets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT umociTargets NAMESPACE umoci:: DESTINATION "${package_dir}")
  configure_package_config_file(cmake/umociConfig.cmake.in umociConfig.cmake
    INSTALL_DESTINATION "${package_dir}")
  write_basic_package_version_file(umociConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES
    "${PROJECT_BINARY_DIR}/umociConfig.cmake" "${PROJECT_BINARY_DIR}/umociConfigVersion.cmake"
    DESTINATION "${package_dir}")
  # Relative, so that `cmake --install --prefix` may put the tree anywhere.
  file(RELATIVE_PATH umoci_prefix_from_pc "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  configure_file(cmake/umoci.pc.in umoci.pc @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/umoci.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

  set(exclusions "")
  foreach(header IN LISTS private_headers)
    list(APPEND exclusions PATTERN "${header}" EXCLUDE)
  endforeach()
  install(DIRECTORY src/umoci DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.hpp" ${exclusions})
endif()

if(TARGET umoci_program)
  install(TARGETS umoci_program RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  # Where each shell looks by itself.
  set(manual "${PROJECT_BINARY_DIR}/share")
  install(DIRECTORY "${manual}/man/" DESTINATION "${CMAKE_INSTALL_MANDIR}")
  foreach(shell IN ITEMS bash-completion zsh fish)
    install(DIRECTORY "${manual}/${shell}" DESTINATION "${CMAKE_INSTALL_DATADIR}")
  endforeach()
endif()
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
