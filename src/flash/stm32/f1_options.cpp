#include "flash/stm32/f1_options.hpp"

#include <fmt/format.h>

#include <array>

#include "base/errors.hpp"
#include "flash/stm32/f1_option_fields.hpp"
#include "flash/stm32/option_load.hpp"

namespace probity::stm32 {

std::string describe_f1_options(const F1Part& part, const F1OptionRegisters& now) {
  const F1OptionLayout& layout = *part.options;
  const F1OptionValues values = f1_options_in_force(layout, now.obr, now.wrpr);
  const auto user = [&](unsigned bit) { return Field{"", bit}.is_set(values[kUser]); };
  std::string text;
  if (f1::OBR::OPTERR.is_set(now.obr)) text += "option byte complement error\n";
  text += fmt::format("option byte register = 0x{:x}\n", now.obr);
  text += fmt::format("write protection register = 0x{:x}\n", now.wrpr);
  text += fmt::format("read protection: {}\n", f1_rdp_level(layout, now.obr) == 0 ? "off" : "on");
  text += fmt::format("watchdog: {}ware\n", user(0) ? "soft" : "hard");
  text += fmt::format("stop mode: {}reset generated upon entry\n", user(1) ? "no " : "");
  text += fmt::format("standby mode: {}reset generated upon entry\n", user(2) ? "no " : "");
  if (part.dual_bank) text += fmt::format("boot: bank {}\n", user(3) ? 0 : 1);
  return text + fmt::format("user data = 0x{:02x}", Field{"", layout.data_lsb, 16}.get(now.obr));
}

F1OptionRegisters F1Options::in_force() {
  std::array<WordAccess, 2> access{WordAccess::load(f1::kObr), WordAccess::load(f1::kWrpr)};
  target_.memory().run(access);
  return {access[0].value, access[1].value};
}

// The chip takes a byte without its right complement for 0xFF; the registers tell.
F1OptionValues F1Options::programmed() {
  const F1OptionRegisters now = in_force();
  F1OptionValues values = f1_options_in_force(*part_->options, now.obr, now.wrpr);
  const auto area = controller_.read_option_area();
  constexpr Field kValue{"", 0, 8}, kComplement{"", 8, 8};
  for (std::size_t i = 0; i < area.size(); ++i) {
    const std::uint32_t value = kValue.get(area[i]);
    if (value == (~kComplement.get(area[i]) & kValue.mask())) values[i] = static_cast<std::uint8_t>(value);
  }
  return values;
}

std::span<const OptionRegister> F1Options::registers() const {
  return f1_option_registers().first(kWrp0 + f1_wrp_bytes(*part_));
}

std::span<const OptionField> F1Options::fields() const {
  const auto all = part_->options->fields;
  return all.first(all.size() - (kOptionByteCount - kWrp0) + f1_wrp_bytes(*part_));
}

std::vector<std::uint32_t> F1Options::read() {
  const F1OptionValues values = programmed();
  return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(registers().size())};
}

void F1Options::write(std::span<const std::uint32_t> values) {
  F1OptionValues all = programmed();
  for (std::size_t i = 0; i < values.size(); ++i) all.at(i) = static_cast<std::uint8_t>(values[i]);
  program(all);
}

bool F1Options::load() {
  if (!part_->options->can_load) return false;
  controller_.launch_option_load();
  wait_until_reloaded(target_, clock_, Milliseconds(1000), [this] { in_force(); });
  return true;
}

}  // namespace probity::stm32
