# The Debian package: cmake --build BUILD --target package, or cpack -G DEB in the build folder.
# It needs dpkg-dev and file (CPack asks dpkg-shlibdeps for the libraries' packages). contrib/packaging/check.sh tests it.
set(packaging ${CMAKE_SOURCE_DIR}/contrib/packaging)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME probity)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${packaging}/debian_ways.cmake)  # runs on the staged tree
set(CPACK_PROBITY_PACKAGING ${packaging})

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${changelog_release})
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${changelog_maintainer})
set(CPACK_DEBIAN_PACKAGE_SECTION electronics)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS udev)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS openocd)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "on-chip programmer and debugger for Arm Cortex-M, with a virtual board")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Probity programs and debugs STM32 microcontrollers through ST-LINK, CMSIS-DAP
and remote_bitbang probes. It is a drop-in for OpenOCD: the same command line,
the same configuration files, the same lines of output.

A virtual board is built in, and served to other programs by vboard: probes
and chips modelled at the level of their wire protocols, for tests and
continuous integration without hardware.

The command openocd is this program, too. Where the package openocd is
installed, its own is kept as openocd.stock until this package is removed.")

set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${packaging}/postinst ${packaging}/postrm)
if(PROBITY_OPENOCD_ALIAS)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${packaging}/preinst)
endif()
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
