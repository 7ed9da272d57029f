# What is installed beside the programs: udev rules, man pages, completions, copyright. Man pages and completions are made
# from the rows (src/reference_main.cpp); their place in the build tree is that in an install prefix, below share/.

add_executable(reference src/reference_main.cpp)
target_link_libraries(reference PRIVATE probity_server probity_vboard)
set_target_properties(reference PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

set(generated "")
# probity_generated(TEMPLATE PLACE): fills contrib/TEMPLATE into PLACE, which it also gets below the prefix.
function(probity_generated template place)
  cmake_path(GET place PARENT_PATH folder)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/${folder})
  add_custom_command(
    OUTPUT ${CMAKE_BINARY_DIR}/${place}
    COMMAND reference ${CMAKE_SOURCE_DIR}/contrib/${template} ${CMAKE_BINARY_DIR}/${place}
            VERSION=${PROJECT_VERSION} DATE=${changelog_date}
    DEPENDS ${CMAKE_SOURCE_DIR}/contrib/${template} reference
    VERBATIM)
  set(generated ${generated} ${CMAKE_BINARY_DIR}/${place} PARENT_SCOPE)
  install(FILES ${CMAKE_BINARY_DIR}/${place} DESTINATION ${folder})
endfunction()
probity_generated(man/probity.1.in share/man/man1/probity.1)
probity_generated(man/vboard.1.in share/man/man1/vboard.1)
probity_generated(man/probity.html.in share/doc/probity/probity.html)
probity_generated(completions/probity.bash.in share/bash-completion/completions/probity)
probity_generated(completions/probity.zsh.in share/zsh/site-functions/_probity)
add_custom_target(generated_texts ALL DEPENDS ${generated})

if(PROBITY_OPENOCD_ALIAS)  # bash-completion looks for a file of the command's name
  file(CREATE_LINK probity ${CMAKE_BINARY_DIR}/share/bash-completion/completions/openocd SYMBOLIC)
  install(FILES ${CMAKE_BINARY_DIR}/share/bash-completion/completions/openocd DESTINATION share/bash-completion/completions)
endif()

# lib/, whatever the architecture's library folder is: udev reads rules.d below /usr/lib and /usr/local/lib. The second copy
# is for whoever has installed elsewhere, and for the program's advice.
install(FILES contrib/60-probity.rules DESTINATION lib/udev/rules.d)
install(FILES contrib/60-probity.rules DESTINATION share/probity)
install(FILES contrib/packaging/copyright DESTINATION share/doc/probity)
