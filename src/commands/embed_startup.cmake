# cmake -DOUTPUT=startup_scripts.cpp -DSCRIPTS=a.tcl:b.tcl -P embed_startup.cmake: the scripts as C++ string literals.
# A literal may hold 64 KiB for certain; each script is one.
string(REPLACE ":" ";" scripts "${SCRIPTS}")
set(rows "")
foreach(script IN LISTS scripts)
  get_filename_component(name "${script}" NAME)
  file(READ "${script}" text)
  string(APPEND rows "    {\"${name}\", R\"TCL(${text})TCL\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Made by embed_startup.cmake.
#include \"commands/startup_scripts.hpp\"

namespace probity {

namespace {
constexpr StartupScript kScripts[] = {
${rows}};
}  // namespace

std::span<const StartupScript> startup_scripts() { return kScripts; }

}  // namespace probity
")
