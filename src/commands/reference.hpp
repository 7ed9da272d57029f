// What is made from the rows at build time: man pages, a page of HTML, shell completions. Each is a template
// whose marks,
// @NAME@, are replaced (src/reference_main.cpp; contrib/man, contrib/completions). One file per kind of text.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands/command_line.hpp"
#include "commands/help.hpp"
#include "commands/left_out.hpp"

namespace probity {

using Marks = std::map<std::string, std::string, std::less<>>;

// `text` with every @NAME@ (capitals and '_') replaced; a mark's last line feed is left out. ConfigError
// names the mark that is not known.
std::string fill_marks(std::string_view text, const Marks& marks);

namespace roff {
// Plain text as it must be written in a man page: `literal` is what a user types, whose '-' stays a minus.
std::string prose(std::string_view text);
std::string literal(std::string_view text);
// One tagged paragraph an entry.
std::string options(std::span<const OptionRow> rows);
std::string commands(const std::map<std::string, Topic>& topics);
// The options that a program's --help lists, a line each ("  --flash FILE   keep the flash there"; deeper
// lines go on with the text). ConfigError where there are none.
std::string help_options(std::string_view help);
// A paragraph a reason, with the commands that it is for.
std::string left_out(std::span<const LeftOut> commands);
}  // namespace roff

namespace html {
// Plain text between tags or in an attribute.
std::string escape(std::string_view text);
// <dt> and <dd> an entry, with an anchor: "option-NAME"; `prefix` and the command's name, '-' for blanks.
std::string options(std::span<const OptionRow> rows);
std::string commands(const std::map<std::string, Topic>& topics, std::string_view prefix = "");
std::string left_out(std::span<const LeftOut> commands);
// A link a group of commands ("flash …").
std::string index(const std::map<std::string, Topic>& topics);
}  // namespace html

namespace shell {
// -h --help …, as one word list.
std::string option_words(std::span<const OptionRow> rows);
// Case branches that call _probity_value_NAME for the option whose value is wanted.
std::string bash_cases(std::span<const OptionRow> rows);
// Specifications for zsh's _arguments, one quoted word a line; the value's action is _probity_value_NAME.
std::string zsh_specs(std::span<const OptionRow> rows);
// A name a line, quoted for the shell; one that takes arguments ends with a space.
std::string command_names(const std::map<std::string, Topic>& topics);
}  // namespace shell

}  // namespace probity
