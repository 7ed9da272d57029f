// itm: which stimulus ports of the current target speak.
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

std::string itm_port(const Call& call) {
  args::expect(call.args, 2, 2);
  const auto port = static_cast<unsigned>(args::number(call.args[0], ItmPorts::kCount - 1));
  call.session.trace().set_itm_port(call.session.current(), port, args::on_off(call.args[1]));
  return {};
}

std::string itm_ports(const Call& call) {
  args::expect(call.args, 1, 1);
  call.session.trace().set_itm_ports(call.session.current(), args::on_off(call.args[0]));
  return {};
}

}  // namespace

std::vector<CommandRow> itm_rows() {
  constexpr auto kAny = CommandMode::any;
  return {
      {"itm port", kAny, "<port> (0|1|on|off)", "Lets the program write to an ITM stimulus port, or not.",
       itm_port},
      {"itm ports", kAny, "(0|1|on|off)", "Lets the program write to all ITM stimulus ports, or to none.",
       itm_ports},
  };
}

}  // namespace probity
