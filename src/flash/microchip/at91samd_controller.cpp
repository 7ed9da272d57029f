#include "flash/microchip/at91samd_controller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::samd {

namespace {

constexpr Milliseconds kCommandLimit{1000};    // a row's erase takes 6 ms, a page 2.5 ms (D21, 37.12)
constexpr Milliseconds kChipEraseLimit{2000};  // 240 ms (D21, 37.12)
constexpr Nanoseconds kSamdPollInterval = Milliseconds(1);
constexpr unsigned kBusyPolls = 4;

// What the controller's errors mean, and what to do.
std::string meaning(std::uint32_t status, const std::string& bank) {
  if (NVMCTRL::kLockError.is_set(status)) {
    return fmt::format(
        "SAMD: NVM lock error: the region is locked, or in the bootloader section; open it with: flash "
        "protect {} 0 15 off, or: at91samd bootloader 0 and a reset",
        bank);
  }
  if (NVMCTRL::kProgramError.is_set(status)) {
    return "SAMD: NVM programming error: an invalid command, or one that is not allowed with the security "
           "bit set";
  }
  return "SAMD: NVM Error: the controller failed; is the supply voltage stable, and are the wait states "
         "(CTRLB.RWS) right for the clock?";
}

}  // namespace

std::uint32_t Controller::device_id() {
  try {
    return target_.memory().read32(DSU::DID);
  } catch (const MemoryFault&) {
    const std::uint8_t status = target_.memory().read8(DSU::STATUSB_EXT);
    if (!DSU::kProtected.is_set(status)) throw;
    throw FlashError(
        fmt::format("the chip is secured (DSU.STATUSB=0x{:02x}, PROT); it opens with everything erased: "
                    "at91samd chip-erase",
                    status),
        bank_, DSU::STATUSB_EXT, "DSU.STATUSB", status);
  }
}

Controller::Pages Controller::pages() {
  const std::uint32_t param = target_.memory().read32(NVMCTRL::PARAM);
  return {8u << NVMCTRL::kPageSize.get(param), NVMCTRL::kPages.get(param)};
}

void Controller::require_halted() const {
  if (target_.state() == TargetState::halted) return;
  throw TargetError("Target not halted", std::string(name_of(target_.state())));
}

// CTRLA has 16 bits; written as 32 for probes that write half-words as two bytes.
void Controller::command_at(std::uint32_t command, Address address) {
  require_halted();
  std::array stores = {WordAccess::store(NVMCTRL::ADDR, address >> 1),
                       WordAccess::store(NVMCTRL::CTRLA, command)};
  target_.memory().run(stores);
  check(address);
}

void Controller::secure() {
  require_halted();
  target_.memory().write32(NVMCTRL::CTRLA, NVMCTRL::kSetSecurityBit);
  try {
    check(kFlash);
  } catch (const MemoryFault&) {
    if (!DSU::kProtected.is_set(target_.memory().read8(DSU::STATUSB_EXT))) throw;
  }
}

void Controller::check(Address about) {
  const Deadline deadline(clock_, kCommandLimit, "NVMCTRL (READY)");
  for (unsigned polls = 0;; ++polls) {
    const std::uint8_t flags = target_.memory().read8(NVMCTRL::INTFLAG);
    if (NVMCTRL::kReady.is_set(flags)) break;
    deadline.check(fmt::format("SAMD: NVM programming timed out (NVMCTRL.INTFLAG=0x{:02x})", flags));
    if (polls > kBusyPolls) clock_.sleep(kSamdPollInterval);
  }
  check_status(target_.memory().read16(NVMCTRL::STATUS), about);
}

void Controller::check_status(std::uint32_t status, Address about) {
  if ((status & NVMCTRL::kErrors) == 0) return;
  target_.memory().write16(NVMCTRL::STATUS, static_cast<std::uint16_t>(status));  // 1 clears
  throw FlashError(
      fmt::format("{} (NVMCTRL.STATUS=0x{:04x}, at 0x{:08x})", meaning(status, bank_), status, about), bank_,
      about, "NVMCTRL.STATUS", status);
}

void Controller::prepare() {
  require_halted();
  MemPort& memory = target_.memory();
  memory.write16(NVMCTRL::STATUS, static_cast<std::uint16_t>(NVMCTRL::kErrors));
  memory.write32(NVMCTRL::CTRLA, NVMCTRL::kPageBufferClear);
  check(kFlash);
}

std::uint64_t Controller::user_row() {
  Bytes words(8);
  target_.memory().read(kUserRow, words, Width::word);
  return load_le64(words);
}

void Controller::change_user_row(std::uint64_t value, std::uint64_t mask) {
  require_halted();
  MemPort& memory = target_.memory();
  const std::uint32_t page_size = pages().size;
  Bytes row(std::size_t{kPagesARow} * page_size);
  memory.read(kUserRow, row, Width::word);
  const std::uint64_t before = load_le64(row), after = (value & mask) | (before & ~mask);
  if (after == before) return;
  store_le32(row, 0, static_cast<std::uint32_t>(after));
  store_le32(row, 4, static_cast<std::uint32_t>(after >> 32));
  prepare();
  const ManualWrite manual(memory, clock_);
  // Interrupted between the two, the calibration would be lost.
  const UninterruptedScope whole(clock_);
  const bool erase = (~before & after) != 0;
  if (erase) command_at(NVMCTRL::kEraseAuxiliaryRow, kUserRow);
  // Behind the first page there is room for what users keep there.
  for (std::size_t at = 0; at < (erase ? row.size() : page_size); at += page_size) {
    const ByteView page = ByteView(row).subspan(at, page_size);
    if (at != 0 && std::ranges::all_of(page, [](std::uint8_t byte) { return byte == 0xFF; })) continue;
    const auto address = static_cast<Address>(kUserRow + at);
    memory.write(address, page, Width::word);
    command_at(NVMCTRL::kWriteAuxiliaryPage, address);
  }
}

void Controller::release_core() {
  target_.memory().write8(DSU::STATUSA, static_cast<std::uint8_t>(DSU::kCrstext.mask()));
}

void Controller::start_chip_erase() {
  MemPort& memory = target_.memory();
  try {
    memory.write32(kPac1WriteProtectClear, kPac1Dsu);
  } catch (const MemoryFault&) {
    // A secured chip's debugger reaches the DSU only, whose external registers no PAC protects.
  }
  memory.write8(DSU::CTRL_EXT, static_cast<std::uint8_t>(DSU::kChipErase.mask()));
}

void Controller::wait_chip_erase() {
  const Deadline deadline(clock_, kChipEraseLimit, "the chip erase (DSU.STATUSA.DONE)");
  for (;;) {
    const std::uint8_t status = target_.memory().read8(DSU::STATUSA_EXT);
    if (DSU::kFail.is_set(status) || DSU::kBusError.is_set(status)) {
      throw FlashError(
          fmt::format("the chip erase failed (DSU.STATUSA=0x{:02x}); is the supply voltage stable?", status),
          bank_, DSU::STATUSA_EXT, "DSU.STATUSA", status);
    }
    if (DSU::kDone.is_set(status)) break;
    deadline.check(fmt::format("DSU.STATUSA=0x{:02x}", status));
    clock_.sleep(kSamdPollInterval);
  }
  target_.memory().write8(DSU::STATUSA_EXT, static_cast<std::uint8_t>(DSU::kDone.mask()));
}

ManualWrite::ManualWrite(MemPort& memory, Clock& clock)
    : memory_(memory), clock_(clock), before_(memory.read32(NVMCTRL::CTRLB)) {
  if (!NVMCTRL::kManualWrite.is_set(before_))
    memory_.write32(NVMCTRL::CTRLB, before_ | NVMCTRL::kManualWrite.mask());
}

ManualWrite::~ManualWrite() {
  if (NVMCTRL::kManualWrite.is_set(before_)) return;
  const UninterruptedScope giving_back(clock_);
  try {
    memory_.write32(NVMCTRL::CTRLB, before_);
  } catch (const Error&) {
    // What made the debugger lose the chip has been told, or will be.
  }
}

}  // namespace probity::samd
