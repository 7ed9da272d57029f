#include "flash/virtual_bank.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"

namespace probity {

VirtualBank::VirtualBank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : FlashBank(std::move(config), target, clock, log) {
  if (config_.options.size() != 1) {
    throw ConfigError(
        fmt::format("flash bank {}: driver virtual needs the name of its master bank", config_.name));
  }
  base_ = config_.base;
}

void VirtualBank::resolve(const std::function<FlashBank&(std::string_view name)>& bank_named) {
  master_ = &bank_named(config_.options[0]);
}

FlashBank& VirtualBank::master() const {
  if (master_ == nullptr) {
    throw ConfigError(fmt::format("flash bank {}: master flash bank '{}' does not exist", config_.name,
                                  config_.options[0]));
  }
  return *master_;
}

void VirtualBank::copy_sectors() {
  sectors_ = master().sectors();
  blocks_ = &master().protection_blocks() == &master().sectors() ? std::vector<Sector>{}
                                                                 : master().protection_blocks();
  size_ = master().size();
  padded_value_ = master().padded_value();
}

void VirtualBank::probe(bool force) {
  master().probe(force);
  copy_sectors();
  probed_ = true;
}

unsigned VirtualBank::write_alignment() const { return master().write_alignment(); }
std::uint8_t VirtualBank::erased_value() const { return master().erased_value(); }
void VirtualBank::erase(SectorRange range) { master().erase(range); }
void VirtualBank::write(std::uint32_t offset, ByteView data) { master().write(offset, data); }
FlashJobResult VirtualBank::run(const FlashJob& job) { return master().run(job); }
void VirtualBank::protect(SectorRange range, bool on) { master().protect(range, on); }
void VirtualBank::mass_erase() { master().mass_erase(); }
void VirtualBank::lock() { master().lock(); }
void VirtualBank::unlock() { master().unlock(); }
void VirtualBank::read(std::uint32_t offset, ByteSpan data) { master().read(offset, data); }
std::optional<Address> VirtualBank::watchdog() const { return master().watchdog(); }
std::string VirtualBank::describe() { return master().describe(); }

void VirtualBank::check_protection() {
  master().check_protection();
  copy_sectors();
}

void VirtualBank::check_erased() {
  master().check_erased();
  copy_sectors();
}

}  // namespace probity
