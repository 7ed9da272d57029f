# Run by CPack on the staged tree, just before it becomes the .deb: what Debian wants otherwise than `cmake --install` does.
# Man pages and the changelog are compressed, without a time stamp, so that the same tree gives the same package.
foreach(tool dpkg-shlibdeps file gzip)  # without the first two CPack would leave the dependencies out
  find_program(found_${tool} ${tool} REQUIRED)
endforeach()

file(GLOB roots ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*/usr)
foreach(usr IN LISTS roots)
  file(MAKE_DIRECTORY ${usr}/share/lintian/overrides)
  configure_file(${CPACK_PROBITY_PACKAGING}/lintian-overrides ${usr}/share/lintian/overrides/probity COPYONLY)
  configure_file(${CPACK_PROBITY_PACKAGING}/changelog ${usr}/share/doc/probity/changelog.Debian COPYONLY)
  file(GLOB compressed ${usr}/share/man/man1/*.1 ${usr}/share/doc/probity/changelog.Debian)
  execute_process(COMMAND gzip -9nf ${compressed} COMMAND_ERROR_IS_FATAL ANY)
  # Debian's zsh looks for packages' completions here.
  file(MAKE_DIRECTORY ${usr}/share/zsh/vendor-completions)
  file(RENAME ${usr}/share/zsh/site-functions/_probity ${usr}/share/zsh/vendor-completions/_probity)
  file(REMOVE_RECURSE ${usr}/share/zsh/site-functions)
endforeach()
