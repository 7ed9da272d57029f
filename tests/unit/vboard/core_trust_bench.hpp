// A bare chip with TrustZone around the virtual core, its memory map cut as STM32L5's: Secure flash at
// 0x0C000000 and RAM at 0x30000000, Non-secure flash at 0x08000000 and RAM at 0x20000000, each 64 KiB. The
// IDAU calls the Secure ones Non-secure callable, so that the SAU decides; the bus lets no Non-secure access
// into them.
#pragma once

#include "core_bench.hpp"

namespace probity::vboard::test {

constexpr std::uint32_t kSecureFlash = 0x0C000000, kSecureRam = 0x30000000, kTrustSize = 0x10000;

class TrustBus : public SystemBus {
 public:
  TrustBus() {
    for (const std::uint32_t base : {kSecureFlash, kSecureRam, kFlash, kRam})
      memories_.push_back({base, Bytes(kTrustSize, 0)});
  }
  static bool is_secure(std::uint32_t address) { return address >> 26 == 3 || address >> 28 == 3; }
  std::uint8_t* at(Security security, std::uint32_t address) {
    if (is_secure(address) != (security == Security::secure)) {
      ++refused;
      return nullptr;
    }
    return place(address);
  }
  // Whatever its security.
  std::uint8_t* place(std::uint32_t address) {
    for (Memory& memory : memories_) {
      if (address - memory.base < kTrustSize) return memory.bytes.data() + (address - memory.base);
    }
    return nullptr;
  }
  BusStatus read(Master, Security security, std::uint32_t address, unsigned size,
                 std::uint32_t& value) override {
    const std::uint8_t* bytes = at(security, address);
    if (bytes == nullptr) return BusStatus::error;
    value = 0;
    for (unsigned i = 0; i < size; ++i) value |= std::uint32_t{bytes[i]} << (8 * i);
    return BusStatus::ok;
  }
  BusStatus write(Master, Security security, std::uint32_t address, unsigned size,
                  std::uint32_t value) override {
    std::uint8_t* bytes = at(security, address);
    if (bytes == nullptr) return BusStatus::error;
    for (unsigned i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
    return BusStatus::ok;
  }
  const std::uint8_t* fetch_window(Security security, std::uint32_t address, std::uint32_t& begin,
                                   std::uint32_t& size) override {
    begin = address & ~(kTrustSize - 1);
    size = kTrustSize;
    return at(security, address);
  }
  std::uint8_t* data_window(Security security, std::uint32_t address, std::uint32_t& begin,
                            std::uint32_t& size) override {
    begin = address & ~(kTrustSize - 1);
    size = kTrustSize;
    return fast_ram && address >= kRam ? at(security, address) : nullptr;
  }
  IdauRegion idau(std::uint32_t address) override {
    const bool secure = is_secure(address);
    return {secure, secure, false, address & 0xFC000000, 0x04000000};
  }

  unsigned refused = 0;  // accesses with the wrong security
  bool fast_ram = true;

 private:
  struct Memory {
    std::uint32_t base;
    Bytes bytes;
  };
  std::vector<Memory> memories_;
};

constexpr std::uint32_t kSauCtrl = 0xE000EDD0, kSauRnr = 0xE000EDD8, kSauRbar = 0xE000EDDC,
                        kSauRlar = 0xE000EDE0, kSfsr = 0xE000EDE4, kSfar = 0xE000EDE8, kDscsr = 0xE000EE08,
                        kDauthstatus = 0xE000EFB8, kTrustCfsr = 0xE000ED28, kTrustShcsr = 0xE000ED24,
                        kTrustVtor = 0xE000ED08, kItns = 0xE000E380, kAlias = 0x20000;
constexpr std::uint32_t kHandlerAt = 0x400, kHandlerStep = 0x20;  // of exception n, in either flash
constexpr std::uint32_t kGates = kSecureFlash + 0x1000;           // Non-secure callable

struct TrustBench {
  // In both images every exception has a handler that stays where it is; Secure code begins at kSecureFlash +
  // 0x100, Non-secure code may be at kFlash + 0x100.
  explicit TrustBench(std::initializer_list<std::uint16_t> secure_code = {0xE7FE},
                      std::initializer_list<std::uint16_t> non_secure_code = {0xE7FE})
      : core(cortex_m33(), bus) {
    for (const std::uint32_t flash : {kSecureFlash, kFlash}) {
      word(flash, (flash == kFlash ? kRam : kSecureRam) + 0x4000);
      word(flash + 4, flash + 0x101);
      for (unsigned e = 2; e < 20; ++e) {
        word(flash + 4 * e, handler(flash, e) + 1);
        program(handler(flash, e), {0xE7FE});
      }
    }
    program(kSecureFlash + 0x100, secure_code);
    program(kFlash + 0x100, non_secure_code);
    core.set_security_extension(true);
    core.set_initial_vector_table(Security::secure, kSecureFlash);
    core.set_initial_vector_table(Security::non_secure, kFlash);
    core.power_on_reset();
    write(kDscsr, 1u << 17 | 3);  // the debugger sees Secure state's registers, whatever the current state
  }
  static std::uint32_t handler(std::uint32_t flash, unsigned exception) {
    return flash + kHandlerAt + kHandlerStep * exception;
  }
  // SAU: Non-secure flash and RAM, gates; the faults of both states enabled, SecureFault too.
  void partition() {
    region(0, kFlash, kFlash + kTrustSize - 32, 1);
    region(1, kRam, kRam + kTrustSize - 32, 1);
    region(2, kGates, kGates + 0xFE0, 3);
    write(kSauCtrl, 1);
    write(kTrustShcsr, 0xFu << 16);
    write(kTrustShcsr + kAlias, 5u << 16);
  }
  void region(unsigned number, std::uint32_t base, std::uint32_t limit, std::uint32_t flags) {
    write(kSauRnr, number);
    write(kSauRbar, base);
    write(kSauRlar, limit | flags);
  }
  void word(std::uint32_t address, std::uint32_t value) { store_le32({bus.place(address), 4}, 0, value); }
  std::uint32_t word(std::uint32_t address) { return load_le32({bus.place(address), 4}); }
  void program(std::uint32_t address, std::initializer_list<std::uint16_t> code) {
    for (const std::uint16_t half : code) {
      store_le16({bus.place(address), 2}, 0, half);
      address += 2;
    }
    core.memory_changed(address & ~0xFFFu, 0x1000);
  }
  // Of the debugger, Secure unless said otherwise.
  std::uint32_t read(std::uint32_t address, Security security = Security::secure) {
    std::uint32_t value = 0;
    core.read_ppb(Master::debug, security, address, 4, value);
    return value;
  }
  void write(std::uint32_t address, std::uint32_t value, Security security = Security::secure) {
    core.write_ppb(Master::debug, security, address, 4, value);
  }
  void halt() { write(kDhcsr, kKey | 3); }
  void resume() { write(kDhcsr, kKey | 1); }
  std::uint32_t debug_register(unsigned number) {
    write(kDcrsr, number);
    core.run(100);
    return read(kDcrdr);
  }
  void set_debug_register(unsigned number, std::uint32_t value) {
    write(kDcrdr, value);
    write(kDcrsr, number | 1u << 16);
    core.run(100);
  }
  void set(unsigned index, std::uint32_t value) {
    Core::Registers all = core.registers();
    all.r[index] = value;
    core.set_registers(all);
  }
  // As after BLXNS: Non-secure state at kFlash + 0x100.
  void enter_non_secure() {
    Core::Registers all = core.registers();
    all.secure = false;
    all.msp = all.r[13] = kRam + 0x4000;
    all.r[15] = kFlash + 0x100;
    core.set_registers(all);
  }
  std::uint32_t r(unsigned index) const { return core.registers().r[index]; }
  std::uint32_t pc() const { return r(15); }
  unsigned exception() const { return core.registers().xpsr & 0x1FF; }
  bool secure() const { return core.registers().secure; }

  TrustBus bus;
  Core core;
};

}  // namespace probity::vboard::test
