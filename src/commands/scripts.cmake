# Tcl: the start-up scripts go into the program, the configuration files beside it. share/probity/scripts has the same
# shape in the build tree (links) and in an install prefix, so the program finds both the same way.
set(startup_scripts startup.tcl deprecated.tcl renamed_files.tcl fragments.tcl)
list(TRANSFORM startup_scripts PREPEND ${CMAKE_SOURCE_DIR}/tcl/)
string(REPLACE ";" ":" startup_scripts_joined "${startup_scripts}")
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/startup_scripts.cpp
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${CMAKE_BINARY_DIR}/startup_scripts.cpp -DSCRIPTS=${startup_scripts_joined}
          -P ${CMAKE_SOURCE_DIR}/src/commands/embed_startup.cmake
  DEPENDS ${startup_scripts} ${CMAKE_SOURCE_DIR}/src/commands/embed_startup.cmake
  VERBATIM)
target_sources(probity_commands PRIVATE ${CMAKE_BINARY_DIR}/startup_scripts.cpp)

set(PROBITY_SCRIPTS share/probity/scripts)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/${PROBITY_SCRIPTS})
foreach(folder interface target tcl tcl/board)
  get_filename_component(name ${folder} NAME)  # `source [find board/NAME.cfg]`, as users' files say
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${folder} ${CMAKE_BINARY_DIR}/${PROBITY_SCRIPTS}/${name} SYMBOLIC)
endforeach()
install(DIRECTORY ${CMAKE_SOURCE_DIR}/interface ${CMAKE_SOURCE_DIR}/target DESTINATION ${PROBITY_SCRIPTS})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/tcl DESTINATION ${PROBITY_SCRIPTS} REGEX "/tcl/board" EXCLUDE)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/tcl/board/ DESTINATION ${PROBITY_SCRIPTS}/board)
