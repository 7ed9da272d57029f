// A target on the virtual board, reached through a real driver and its wire protocol.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "base/bytes.hpp"
#include "target/target.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::test {

// Thumb code for RAM and flash; encodings: DDI 0403E A7.7.
inline const std::vector<std::uint16_t> kCountForEver = {0x2000, 0x3001,
                                                         0xE7FD};  // movs r0,#0; adds r0,#1; b .-2
inline const std::vector<std::uint16_t> kAddR1 = {0x202A, 0x1840,
                                                  0xBE00};              // movs r0,#42; adds r0,r0,r1; bkpt
inline const std::vector<std::uint16_t> kHang = {0xE7FE};               // b .
inline const std::vector<std::uint16_t> kUndefined = {0xDE00, 0xBE00};  // udf #0; bkpt

constexpr Address kRam = 0x20000000, kStack = 0x20002000;
constexpr Address kFlash = 0x08000000, kResetHandler = 0x08000100;
constexpr Address kInitialStack = 0x20010000;

inline Bytes code_bytes(const std::vector<std::uint16_t>& code) {
  Bytes bytes;
  for (const std::uint16_t half : code) append_le16(bytes, half);
  return bytes;
}

// A flash image of the size that the chip has: vectors, and a program that counts in r0.
inline Bytes counting_firmware(std::size_t flash_size) {
  Bytes image(flash_size, 0xFF);
  store_le32(image, 0, kInitialStack);
  store_le32(image, 4, kResetHandler | 1);
  const Bytes code = code_bytes(kCountForEver);
  std::copy(code.begin(), code.end(), image.begin() + (kResetHandler - kFlash));
  return image;
}

// How the target is reached.
struct Way {
  std::string driver;
  Transport transport;
  std::string probe;
};
inline void PrintTo(const Way& way, std::ostream* out) { *out << way.driver << "/" << way.probe; }

// For INSTANTIATE_TEST_SUITE_P: letters only.
inline std::string test_name(const testing::TestParamInfo<Way>& way) {
  std::string name = way.param.driver;
  std::erase(name, '-');
  return name;
}

inline const Way kHla{"hla", Transport::hla_swd, "stlink-v2-1"};
inline const Way kDapDirect{"st-link", Transport::dapdirect_swd, "stlink-v3"};
inline const Way kCmsisDap{"cmsis-dap", Transport::swd, "cmsis-dap-v2"};

class Bench {
 public:
  explicit Bench(const Way& way, const std::string& chip = "stm32f407vg", const std::string& more = {})
      : virtual_host(chip + ",probe=" + way.probe + more), tcp(make_asio_tcp()), log(virtual_host.clock()) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel, std::string_view line) { lines.emplace_back(line); });
    const Host host{virtual_host.usb(), virtual_host.hid(), *tcp, virtual_host.clock()};
    AdapterSettings settings;
    settings.speed = kilohertz(2000);
    adapter = adapter_driver(way.driver).make(host, settings, log);
    adapter->open();
    adapter->set_speed(settings.speed);
    dap.emplace("dap", adapter->connect(way.transport, {}), virtual_host.clock(), log);
    dap->connect();
    target =
        make_cortex_m("stm32f4x.cpu", {*dap, dap->memory(0), *adapter, reset, virtual_host.clock(), log});
    target->set_state_listener([this](TargetState state, HaltReason) { states.push_back(state); });
  }

  void load(Address address, const std::vector<std::uint16_t>& code) {
    target->memory().write_bytes(address, code_bytes(code));
  }
  std::uint32_t reg(std::string_view name) { return static_cast<std::uint32_t>(target->read_register(name)); }
  // Halted in RAM at `code`.
  void halt_at(const std::vector<std::uint16_t>& code) {
    target->halt();
    load(kRam, code);
    target->write_register("pc", kRam);
    target->write_register("sp", kStack);
  }
  bool logged(std::string_view text) const {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(text) != std::string::npos; });
  }

  ResetConfig reset;
  vboard::VirtualHost virtual_host;
  std::unique_ptr<TcpConnector> tcp;
  Log log;
  std::vector<std::string> lines;
  std::vector<TargetState> states;
  std::unique_ptr<Adapter> adapter;
  std::optional<Dap> dap;
  std::unique_ptr<Target> target;
};

// A flash file that is gone with the test.
class FlashFile {
 public:
  explicit FlashFile(const Bytes& content) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = testing::TempDir() + test->test_suite_name() + test->name() + ".bin";
    std::replace(path_.begin() + static_cast<std::ptrdiff_t>(testing::TempDir().size()), path_.end(), '/',
                 '_');
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  }
  ~FlashFile() { std::remove(path_.c_str()); }
  FlashFile(const FlashFile&) = delete;
  FlashFile& operator=(const FlashFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace probity::test
