// The control port: what a hand at the bench does to the boards, for tests and scripts. A request is a line;
// its answer is lines and then "ok", or "error: WHY".
//   list                 a line for each probe: BUSID KIND SERIAL plugged|unplugged imported|free
//   unplug BUSID         pulls the probe's USB cable
//   plug BUSID           puts it in again
//   power-cycle BUSID    takes the target's supply away and gives it back
//   save                 writes the flash files
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "vboard/serve/connection.hpp"
#include "vboard/serve/usbip_exports.hpp"

namespace probity::vboard {

class ControlConnection final : public Connection {
 public:
  // `exports` must outlive the connection; `save` writes all flash files, and throws an Error where it
  // cannot.
  ControlConnection(Exports& exports, std::function<void()> save)
      : exports_(exports), save_(std::move(save)) {}
  bool serve(Bytes& input, Bytes& output) override;

 private:
  std::string answer(std::string_view line);
  std::string list();
  ExportedDevice& device(std::string_view busid);

  Exports& exports_;
  std::function<void()> save_;
};

}  // namespace probity::vboard
