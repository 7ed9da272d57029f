// A flash bank on the virtual board, reached through a real probe driver and its wire protocol.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "flash/bank.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::test {

struct Way {
  std::string driver;
  Transport transport;
  std::string probe;
};
inline void PrintTo(const Way& way, std::ostream* out) { *out << way.driver << "/" << way.probe; }

inline const Way kHla{"hla", Transport::hla_swd, "stlink-v2-1"};
inline const Way kDapDirect{"st-link", Transport::dapdirect_swd, "stlink-v3"};
inline const Way kCmsisDap{"cmsis-dap", Transport::swd, "cmsis-dap-v2"};

constexpr Address kFlash = 0x08000000, kRam = 0x20000000;

struct BenchOptions {
  Way way = kHla;
  std::uint32_t work_area = 0x8000;  // bytes; 0: none
  std::string more;                  // of the virtual board: ",fault=…"
  std::string driver = "stm32f2x";   // of the bank
  unsigned ap = 0;                   // the core's access port
  DapOptions dap = {};
  Address ram = kRam, base = 0;              // of the work area, of the bank
  std::vector<std::string> bank_words = {};  // the driver's own
};

// The chip halted at reset, its main flash bank made and not yet probed.
class Bench {
 public:
  explicit Bench(const std::string& chip, const BenchOptions& options = {})
      : virtual_host(chip + ",probe=" + options.way.probe + options.more),
        tcp(make_asio_tcp()),
        log(virtual_host.clock()),
        driver(options.driver) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel, std::string_view line) { lines.emplace_back(line); });
    const Host host{virtual_host.usb(), virtual_host.hid(), *tcp, virtual_host.clock()};
    AdapterSettings settings;
    settings.speed = kilohertz(4000);
    adapter = adapter_driver(options.way.driver).make(host, settings, log);
    adapter->open();
    adapter->set_speed(settings.speed);
    dap.emplace("dap", adapter->connect(options.way.transport, {}), virtual_host.clock(), log, options.dap);
    dap->connect();
    target = make_cortex_m("stm32f4x.cpu",
                           {*dap, dap->memory(options.ap), *adapter, reset, virtual_host.clock(), log});
    target->examine();
    target->work_areas().config = {options.ram, options.work_area, false};
    reset_halt();
    bank = make_bank(options.base, "stm32f4x.flash", options.bank_words);
  }

  void reset_halt() {
    target->assert_reset(true);
    target->deassert_reset(true);
  }
  std::unique_ptr<FlashBank> make_bank(Address base, const std::string& name = "stm32f4x.flash",
                                       std::vector<std::string> words = {}) {
    FlashBankConfig config;
    config.name = name;
    config.driver = driver;
    config.base = base;
    config.options = std::move(words);
    return flash_driver(driver).make(config, *target, virtual_host.clock(), log);
  }
  Bytes content(std::uint32_t offset, std::size_t size) const {
    const Bytes all = const_cast<vboard::VirtualHost&>(virtual_host).board().flash_content();
    return Bytes(all.begin() + offset, all.begin() + offset + static_cast<std::ptrdiff_t>(size));
  }
  vboard::Stats& stats() { return virtual_host.board().stats(); }
  bool logged(std::string_view text) const {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(text) != std::string::npos; });
  }

  ResetConfig reset;
  vboard::VirtualHost virtual_host;
  std::unique_ptr<TcpConnector> tcp;
  Log log;
  std::string driver;
  std::vector<std::string> lines;
  std::unique_ptr<Adapter> adapter;
  std::optional<Dap> dap;
  std::unique_ptr<Target> target;
  std::unique_ptr<FlashBank> bank;
};

// Bytes that differ from their neighbours and from erased cells.
inline Bytes pattern(std::size_t size, unsigned seed = 1) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::uint8_t>((i * 7 + i / 251 * 13 + seed) % 251);
  return bytes;
}

inline FlashJob job(std::vector<unsigned> erase, std::vector<FlashWrite> writes) {
  return {std::move(erase), std::move(writes), true};
}

}  // namespace probity::test
