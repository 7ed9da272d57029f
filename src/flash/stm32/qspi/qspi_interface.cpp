#include "flash/stm32/qspi/qspi_interface.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::stm32 {

namespace {

// N25Q128A, W25Q128JV, MX25L51245G data sheets: a page takes 0.5 to 0.8 ms typically, 3 to 5 ms at most.
constexpr Nanoseconds kProgramPerByte = Microseconds(3);
constexpr Milliseconds kPageLimit{50};
constexpr Milliseconds kForeignLimit{10000};  // what the chip was doing before: a sector's erase
// WEL falls by itself at the end of an erase or a page; one that was refused leaves it set.
constexpr std::uint32_t kErasedWord = 0xFFFFFFFF;
constexpr std::uint8_t kDone = spi_status::kWip | spi_status::kWel;

constexpr std::uint32_t kMib = 1 << 20;
// MX25R6435F: 3.5 s a block, 240 s for 8 MiB; N25Q128A: 3 s, 250 s for 16 MiB.
constexpr Milliseconds kSectorLimit{7000}, kLeastChipLimit{20000}, kChipLimitPerMib{40000};

}  // namespace

QspiMemory with_usual_times(SpiNorPart part) {
  const Milliseconds chip = kLeastChipLimit + kChipLimitPerMib * (part.size / kMib);
  return {std::move(part), kSectorLimit, chip};
}

SpiCommand QspiInterface::at(std::uint8_t opcode, std::uint32_t offset) const {
  const SpiMode& mode = controller_.setup().mode;
  SpiCommand command{opcode, offset};
  // A read by a 4-byte opcode says nothing about which addresses the others take.
  const bool short_by_default = takes_four_byte_address(mode.read_opcode) && mode.lines != 8;
  command.address_bytes = takes_four_byte_address(opcode) ? 4 : short_by_default ? 3 : mode.address_bytes;
  if (opcode == spi_op::kQuadPageProgram && mode.lines == 1) command.data_lines = 4;
  return command;
}

void QspiInterface::look_for_protected_blocks(const Bytes& status) {
  protects_blocks_ = false;
  for (std::size_t i = 0; i < status.size(); ++i) {
    if ((status[i] & spi_status::kBlockProtection) == 0) continue;
    protects_blocks_ = true;
    const unsigned chip = controller_.chip_number(i);
    log_.warn(
        "flash{} protects blocks (Status=0x{:02x}: BP bits); to clear them: stmqspi cmd {} 0 0x06; "
        "stmqspi cmd {} 0 0x01 0x00{}",
        chip, status[i], bank_, bank_, status.size() == 2 ? " 0x00" : "");
  }
}

void QspiInterface::open() {
  controller_.attach();  // there may have been a reset since the last time
  const IndirectMode indirect(controller_);
  controller_.wait_ready(kForeignLimit, "what the flash was doing (status register, WIP)");
  look_for_protected_blocks(controller_.status());
  controller_.enable_writing();
  controller_.command({spi_op::kWriteDisable});
}

void QspiInterface::close() { controller_.enter_memory_mapped(); }

std::string QspiInterface::status_text() {
  std::string text = controller_.status_text();
  try {
    controller_.leave_memory_mapped();
    const Bytes status = controller_.status();
    for (std::size_t i = 0; i < status.size(); ++i) {
      text += fmt::format(", flash{} Status=0x{:02x}", controller_.chip_number(i), status[i]);
    }
  } catch (const Error&) {
    text += ", the flash does not tell its status";
  }
  return text;
}

// Its first word, that is.
bool QspiInterface::reads_erased(const SpiCommand& command) {
  controller_.enter_memory_mapped();
  return controller_.read_mapped(base_ + command.address.value_or(0)) == kErasedWord;
}

void QspiInterface::erase_with(const SpiCommand& command, std::string_view what, Milliseconds limit) {
  controller_.leave_memory_mapped();
  controller_.enable_writing();
  controller_.command(command);
  controller_.wait_ready(limit, fmt::format("the {}", what));
  const Bytes status = controller_.status();
  for (std::size_t i = 0; i < status.size(); ++i) {
    const bool refused = (status[i] & spi_status::kWel) != 0 || (protects_blocks_ && !reads_erased(command));
    if (!refused) continue;
    const Address address = base_ + command.address.value_or(0);
    throw FlashError(
        fmt::format("{} command not accepted by flash{}. Status=0x{:02x}",
                    command.address ? "Sector erase" : "Mass erase", controller_.chip_number(i), status[i]),
        bank_, address, fmt::format("flash{} status", controller_.chip_number(i)), status[i]);
  }
}

void QspiInterface::erase(unsigned sector) {
  const std::uint32_t offset = sector * sector_size();
  erase_with(at(memory_.part.sector_erase, offset),
             fmt::format("erase of the sector at 0x{:08x}", base_ + offset), erase_limit(sector));
}

void QspiInterface::erase_all() {
  if (memory_.part.chip_erase == 0) {
    throw FlashError("Mass erase not available for this device", bank_, base_);
  }
  erase_with({memory_.part.chip_erase}, "erase of the whole flash", memory_.chip_erase_limit);
}

template <typename Each>
void QspiInterface::for_each_page(Address address, ByteView data, Each each) const {
  std::uint32_t offset = address - base_;
  while (!data.empty()) {
    const std::size_t room = page_size() - offset % page_size();
    const ByteView page = data.first(std::min(room, data.size()));
    each(offset, page);
    offset += static_cast<std::uint32_t>(page.size());
    data = data.subspan(page.size());
  }
}

SpiStores QspiInterface::page_stores(std::uint32_t offset, ByteView data) const {
  const QspiSetup& setup = controller_.setup();
  SpiStores stores =
      write_stores(setup, at(memory_.part.page_program, offset), static_cast<std::uint32_t>(data.size()));
  // The data register holds the bus back while the controller's buffer is full.
  for (std::size_t i = 0; i < data.size(); i += 4) {
    stores.push_back({setup.reg(setup.layout.dr), load_le32(data, i)});
  }
  return stores;
}

// A chip does not do what a protected block forbids; some say so by leaving WEL set, others not at all.
std::vector<SpiStores> QspiInterface::around(SpiStores work, std::uint32_t offset,
                                             std::uint32_t first_word) const {
  const QspiSetup& setup = controller_.setup();
  std::vector<SpiStores> all{command_stores(setup, {spi_op::kWriteEnable}), std::move(work),
                             poll_stores(setup, kDone)};
  if (protects_blocks_) all.push_back(match_stores(setup, offset, first_word));
  return all;
}

void QspiInterface::program(Address address, ByteView data) {
  controller_.leave_memory_mapped();
  for_each_page(address, data, [&](std::uint32_t offset, ByteView page) {
    const std::string what = fmt::format("programming 0x{:08x}", base_ + offset);
    for (const SpiStores& stores : around(page_stores(offset, page), offset, load_le32(page))) {
      controller_.carry_out(stores, kPageLimit, what);
    }
  });
}

// The loader does not wait for BUSY before the first command: in memory-mapped mode it is set for good.
LoaderChip QspiInterface::loader_chip() const { return {{}, watchdog_}; }

// From whatever mode the controller is in.
void QspiInterface::start(LoaderScript& script) const {
  const QspiSetup& setup = controller_.setup();
  const Address cr = setup.reg(kSpiCr), sr = setup.reg(setup.layout.sr);
  script.select({cr, sr, 0, 0});
  script.store(base_, abort_stores(setup));
  script.select({cr, sr, spi_sr::BUSY.mask(), spi_sr::TEF.mask()});
}

void QspiInterface::add_erase(LoaderScript& script, unsigned sector) const {
  const std::uint32_t offset = sector * sector_size();
  start(script);
  SpiStores erase = command_stores(controller_.setup(), at(memory_.part.sector_erase, offset));
  for (const SpiStores& stores : around(std::move(erase), offset, kErasedWord)) {
    script.store(base_ + offset, stores);
  }
}

void QspiInterface::add_program(LoaderScript& script, Address address, ByteView data) const {
  start(script);
  for_each_page(address, data, [&](std::uint32_t offset, ByteView page) {
    for (const SpiStores& stores : around(page_stores(offset, page), offset, load_le32(page))) {
      script.store(base_ + offset, stores);
    }
  });
}

Nanoseconds QspiInterface::program_per_byte() const { return kProgramPerByte; }

Nanoseconds QspiInterface::program_limit() const { return kPageLimit; }

Milliseconds QspiInterface::erase_limit(unsigned) const { return memory_.sector_erase_limit; }

}  // namespace probity::stm32
