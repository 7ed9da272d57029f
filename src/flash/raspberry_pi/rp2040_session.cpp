#include "flash/raspberry_pi/rp2040_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::rp {

namespace {

constexpr Milliseconds kRomCallLimit{1000};
// A block of 64 KiB: 2 s at most (Winbond W25Q data sheets), in 4 KiB pieces 6.4 s.
constexpr Milliseconds kRomEraseLimit{2000}, kSectorEraseLimit{400};
constexpr Milliseconds kRomPageLimit{12};  // 3 ms at most, and at 1 MHz 2 ms on its way
// The ROM's functions need 256 bytes of stack (RP2040 data sheet 2.8.3.1.3), RP2350's less than 1 KiB.
constexpr std::uint32_t kRomStack = 1024;
constexpr std::uint32_t kFlashPage = 256, kFlashSector = 4096, kLargestBlock = 16384;
constexpr std::uint32_t kEraseAtOnce = 128 * 1024;  // so that the user can interrupt

// First what initializes RP2350's redundancy coprocessor, without which its ROM stops (RP2350 data sheet
// 3.6.3); r0: CPACR, r1: its bits for coprocessor 7. Then a call of r4.
constexpr std::array<std::uint16_t, 16> kRomCode = {
    0x6802,          // ldr r2, [r0]
    0x430A,          // orrs r2, r1
    0x6002,          // str r2, [r0]
    0xF3BF, 0x8F6F,  // isb
    0xEE30, 0xF710,  // mrc p7, #1, APSR_nzcv, c0, c0, #0
    0xD404,          // bmi end: the canaries have their seeds, which must be given once
    0xEC40, 0x0780,  // mcrr p7, #8, r0, r0, c0
    0xEC40, 0x0781,  // mcrr p7, #8, r0, r0, c1
    0xBF40,          // sev
    0xBE00,          // end: bkpt
    0x47A0,          // blx r4
    0xBE00,          // bkpt
};
constexpr std::uint32_t kSeedExit = 2 * 13, kCallEntry = 2 * 14, kCallExit = 2 * 15;
constexpr Address kCpacr = 0xE000ED88;
constexpr std::uint32_t kCpacrCp7 = 3u << 14;

// ACCESSCTRL (RP2350 data sheet 10.6): firmware may have taken RAM, ROM or the QMI from the Secure state.
constexpr Address kAccessLock = 0x40060000, kAccessReset = 0x40060008, kAccessFirst = 0x4006000C,
                  kAccessKeyed = 0x40060014, kAccessLast = 0x400600E8;
constexpr std::uint32_t kAccessKey = 0xACCE0000, kLockedForDebugger = 1u << 3;

// RP2040: which clocks run (data sheet 2.15.7), one bit set; the first source is the ring oscillator, at 12
// MHz at most, and for the system clock the reference clock. SSI: 4.10.13.
constexpr Address kRefSelected = 0x40008038, kSysSelected = 0x40008044;
constexpr std::uint32_t kFirstSource = 1;
constexpr Address kSsiEnable = 0x18000008, kSsiDivider = 0x18000014;
constexpr std::uint32_t kQuickDivider = 2;

constexpr std::uint32_t kResetCurrentCore = 1;  // of bootrom_state_reset

}  // namespace

RomSession::RomSession(Target& target, Clock& clock, Log& log, Chip chip, const RomFunctions& rom,
                       const std::string& bank)
    : target_(target), clock_(clock), log_(log), chip_(chip), rom_(rom) {
  if (chip_ == Chip::rp2350) open_access();
  Bytes code;
  for (const std::uint16_t half : kRomCode) append_le16(code, half);
  runner_ = BlockRunner::load(target_, {code, kRomStack, kFlashPage, kLargestBlock});
  if (!runner_) {
    throw FlashError(
        fmt::format("Could not allocate stack for flash programming code: the flash of bank {} is written by "
                    "the boot ROM, which needs a work area of {} bytes ({} configure -work-area-phys "
                    "0x20010000 -work-area-size 0x10000)",
                    bank, code.size() + kRomStack + kFlashPage, target_.name()),
        bank, 0);
  }
  try {
    if (chip_ == Chip::rp2350) prepare_rp2350();
    call(rom_.connect_internal_flash);
    call(rom_.flash_exit_xip);
    if (chip_ == Chip::rp2040) quicken_ssi();
  } catch (...) {
    const UninterruptedScope giving_back(clock_);
    try {
      restore();
    } catch (const Error&) {
      // The error that is on its way tells more.
    }
    throw;
  }
}

RomSession::~RomSession() {
  if (closed_) return;
  const UninterruptedScope giving_back(clock_);
  try {
    restore();
  } catch (const Error&) {
    // What ended the session early is on its way.
  }
}

void RomSession::close() {
  closed_ = true;
  restore();
}

// Cached lines are of before; flushing also gives chip select back to the hardware.
void RomSession::restore() {
  call(rom_.flash_flush_cache);
  if (chip_ == Chip::rp2040) {
    call(rom_.flash_enter_cmd_xip);
    return;
  }
  if (rom_.flash_reset_address_trans != 0) call(rom_.flash_reset_address_trans);
  if (access_.empty()) return;
  for (std::size_t at = kAccessKeyed - kAccessFirst; at < access_.size(); at += 4)
    store_le32(access_, at, load_le32(access_, at) | kAccessKey);
  target_.memory().write(kAccessFirst, access_, Width::word);
}

void RomSession::open_access() {
  MemPort& memory = target_.memory();
  const std::uint32_t lock = memory.read32(kAccessLock);
  if ((lock & kLockedForDebugger) != 0) {
    log_.warn(
        "ACCESSCTRL is locked for the debugger (LOCK=0x{:08x}): flash may be out of reach until a reset",
        lock);
    return;
  }
  access_.resize(kAccessLast + 4 - kAccessFirst);
  memory.read(kAccessFirst, access_, Width::word);
  memory.write32(kAccessReset, kAccessKey | 1);
}

// The ROM divides the clock by 6, which with that of a reset is a wait at each byte. Its functions keep
// another divider (pico-bootrom-rp2040, flash_init_spi), also for the flash being memory.
void RomSession::quicken_ssi() {
  MemPort& memory = target_.memory();
  const bool slow_clock =
      memory.read32(kRefSelected) == kFirstSource && memory.read32(kSysSelected) == kFirstSource;
  if (!slow_clock) return;
  std::array stores = {WordAccess::store(kSsiEnable, 0), WordAccess::store(kSsiDivider, kQuickDivider),
                       WordAccess::store(kSsiEnable, 1)};
  memory.run(stores);
}

void RomSession::prepare_rp2350() {
  Algorithm seed;
  seed.entry = runner_->code();
  seed.stack_top = runner_->stack_top();
  seed.exit = runner_->code() + kSeedExit;
  seed.registers = {{"r0", kCpacr}, {"r1", kCpacrCp7}};
  seed.secure = true;
  target_.run_algorithm(seed, kRomCallLimit, {});
  if (rom_.bootrom_state_reset != 0) call(rom_.bootrom_state_reset, {kResetCurrentCore});
}

Algorithm RomSession::call_of(Address function, const std::vector<std::uint32_t>& arguments) const {
  static constexpr std::array kArgument = {"r0", "r1", "r2", "r3"};
  Algorithm algorithm;
  algorithm.entry = runner_->code() + kCallEntry;
  algorithm.stack_top = runner_->stack_top();
  algorithm.exit = runner_->code() + kCallExit;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    algorithm.registers.emplace_back(kArgument.at(i), arguments[i]);
  algorithm.registers.emplace_back("r4", function);
  if (chip_ == Chip::rp2350) algorithm.secure = true;
  return algorithm;
}

void RomSession::call(Address function, const std::vector<std::uint32_t>& arguments) {
  call(function, arguments, kRomCallLimit);
}

void RomSession::call(Address function, const std::vector<std::uint32_t>& arguments, Milliseconds limit) {
  with_context(fmt::format("Failed to invoke ROM function @0x{:x}", function),
               [&] { target_.run_algorithm(call_of(function, arguments), limit, {}); });
}

void RomSession::erase(std::uint32_t offset, std::uint32_t size, std::uint32_t block_size,
                       std::uint8_t block_erase) {
  const std::uint32_t step = std::max(kEraseAtOnce, block_size);
  for (std::uint32_t at = offset; at < offset + size;) {
    const std::uint32_t part = std::min(step - at % step, offset + size - at);
    clock_.check_interrupt();
    call(rom_.flash_range_erase, {at, part, block_size, block_erase},
         kRomCallLimit + part / block_size * kRomEraseLimit + part / kFlashSector * kSectorEraseLimit);
    at += part;
  }
}

void RomSession::program(std::uint32_t offset, ByteView pages) {
  const auto call_with = [&](const BlockRunner::Block& block) {
    return call_of(rom_.flash_range_program,
                   {offset + static_cast<std::uint32_t>(block.at), block.buffer, block.size});
  };
  const Milliseconds limit = kRomCallLimit + runner_->block_size() / kFlashPage * kRomPageLimit;
  // The ROM's function tells nothing of how it went.
  runner_->run(pages, limit, clock_, call_with, [](const BlockRunner::Block&, std::uint32_t) {});
}

}  // namespace probity::rp
