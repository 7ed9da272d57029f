// The MDM-AP of a Kinetis, its second access port: security, mass erase and reset, also where the core does
// not answer. Sources: reference manuals, "MDM-AP status and control register"; application note AN4835.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bits.hpp"
#include "session/session.hpp"

namespace probity::kinetis {

class MdmAp {
 public:
  // Of the current target's chip.
  explicit MdmAp(Session& session) : session_(session) {}

  // False: an hla adapter hides access ports.
  bool reachable();
  // The words of the Tcl commands `kinetis mdm …`; FlashError, AdapterError, DapError. They throw ConfigError
  // where the port is not reachable, but for the first, which only says so.
  void check_security();
  void halt();
  void reset();
  void mass_erase();
  // The same of a KE: `kinetis_ke mdm …`.
  void check_security_ke();
  void mass_erase_ke();

 private:
  Dap& dap();
  std::uint32_t read(std::uint8_t reg);
  void write(std::uint8_t reg, std::uint32_t value);
  // Nothing where the port does not answer.
  std::optional<std::uint32_t> try_read(std::uint8_t reg);
  void poll(std::uint8_t reg, std::uint32_t mask, std::uint32_t value, Milliseconds limit,
            std::string_view what);
  void require_reachable(std::string_view verb);
  bool known_id(std::initializer_list<std::uint32_t> ids);
  void say_secured(std::string_view command);
  void wait_for_mass_erase();
  void halt_out_of_reset();
  void hold_srst(bool on);

  Session& session_;
};

}  // namespace probity::kinetis
