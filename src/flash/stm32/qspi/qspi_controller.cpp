#include "flash/stm32/qspi/qspi_controller.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/stm32/qspi/spi_nor.hpp"

namespace probity::stm32 {

namespace {

constexpr Nanoseconds kPollInterval = Microseconds(500);
constexpr Milliseconds kRegisterLimit{200};  // a command without programming, at the slowest SPI clock
constexpr std::size_t kWordsAtOnce = 64;

std::vector<WordAccess> accesses(const SpiStores& stores) {
  std::vector<WordAccess> batch;
  for (const LoaderStore& s : stores) batch.push_back(WordAccess::store(s.address, s.value));
  return batch;
}

}  // namespace

IndirectMode::~IndirectMode() {
  try {
    controller_.enter_memory_mapped();
  } catch (const Error&) {
    // On the way out of another error, which tells more.
  }
}

QspiController::QspiController(MemPort& memory, Clock& clock, Address base, std::string bank)
    : memory_(memory), clock_(clock), bank_(std::move(bank)) {
  setup_.base = base;
}

void QspiController::store(const SpiStores& stores) {
  std::vector<WordAccess> batch = accesses(stores);
  memory_.run(batch);
}

// Whether there is a register that takes any value, as ABR does: each controller has its own at another
// offset.
bool QspiController::keeps(Address offset) {
  const Address address = setup_.reg(offset);
  const std::uint32_t old = memory_.read32(address);
  memory_.write32(address, ~old);
  const bool kept = memory_.read32(address) == ~old;
  memory_.write32(address, old);
  return kept;
}

void QspiController::recognise() {
  // CR has the same place and the same lowest bits in both.
  const std::uint32_t cr = memory_.read32(setup_.reg(kSpiCr));
  if (spi_cr::EN.is_set(cr)) {  // ABR cannot be written while BUSY
    memory_.write32(setup_.reg(kSpiCr), cr | spi_cr::ABORT.mask());
    const Deadline deadline(clock_, kRegisterLimit, "the end of what the controller was doing (CR.ABORT)");
    while (spi_cr::ABORT.is_set(memory_.read32(setup_.reg(kSpiCr)))) {
      deadline.check();
      clock_.sleep(kPollInterval);
    }
  }
  if (keeps(kQuadspi.abr)) {
    setup_.layout = kQuadspi;
  } else if (keeps(kOctospi.abr)) {
    setup_.layout = kOctospi;
  } else {
    throw FlashError(
        fmt::format("No QSPI, no OCTOSPI at 0x{:08x} (CR=0x{:08x}); its clock may be off: a reset-init event "
                    "that sets it up must have run, with: reset init",
                    setup_.base, cr),
        bank_, setup_.base, "CR", cr);
  }
  setup_.found.cr = cr;
}

void QspiController::attach() {
  recognise();
  const QspiLayout& layout = setup_.layout;
  QspiRegisters& found = setup_.found;
  found.dcr = memory_.read32(setup_.reg(layout.dcr));
  found.ccr = memory_.read32(setup_.reg(layout.ccr));
  const bool octo = layout.kind == QspiKind::octospi;
  found.tcr = octo ? memory_.read32(setup_.reg(layout.tcr)) : 0;
  found.ir = octo ? memory_.read32(setup_.reg(layout.ir)) : 0;
  if (octo && spi_dcr::MTYP.get(found.dcr) >= spi_dcr::kFirstOtherType) {
    throw FlashError(
        fmt::format("Only regular SPI protocol supported in OCTOSPI (OCTOSPI_DCR1=0x{:08x})", found.dcr),
        bank_, setup_.base, "OCTOSPI_DCR1", found.dcr);
  }
  const auto mode = spi_mode_of(layout, found);
  if (!spi_cr::EN.is_set(found.cr) || !mode) {
    throw FlashError(
        fmt::format("{0} at 0x{1:08x} is not set up to read a chip ({0}_CR=0x{2:08x}, {0}_CCR=0x{3:08x}): a "
                    "reset-init event that does so must have run, with: reset init",
                    layout.name, setup_.base, found.cr, found.ccr),
        bank_, setup_.base, fmt::format("{}_CCR", layout.name), found.ccr);
  }
  setup_.mode = *mode;
  enter_memory_mapped();
}

void QspiController::leave_memory_mapped() {
  store(abort_stores(setup_));
  wait_idle(kRegisterLimit, "the end of memory-mapped mode");
}

void QspiController::enter_memory_mapped() {
  const UninterruptedScope giving_back(clock_);
  leave_memory_mapped();
  store(memory_mapped_stores(setup_));
}

std::string QspiController::status_text() {
  try {
    return fmt::format("{}_SR=0x{:08x}", setup_.layout.name, memory_.read32(setup_.reg(setup_.layout.sr)));
  } catch (const Error&) {
    return fmt::format("{}_SR cannot be read, the bus hangs", setup_.layout.name);
  }
}

void QspiController::check(std::uint32_t sr, Address address) const {
  if (!spi_sr::TEF.is_set(sr)) return;
  throw FlashError(
      fmt::format("TEF ({}_SR=0x{:08x}) at 0x{:08x}: an address beyond FSIZE was accessed ({}=0x{:08x})",
                  setup_.layout.name, sr, address,
                  setup_.layout.kind == QspiKind::quadspi ? "QUADSPI_DCR" : "OCTOSPI_DCR1", setup_.found.dcr),
      bank_, address, fmt::format("{}_SR", setup_.layout.name), sr);
}

void QspiController::wait_idle(Nanoseconds limit, std::string_view what) {
  const Deadline deadline(clock_, limit, what);
  for (;;) {
    const std::uint32_t sr = memory_.read32(setup_.reg(setup_.layout.sr));
    check(sr, setup_.base);
    if (!spi_sr::BUSY.is_set(sr)) return;
    deadline.check(fmt::format("{}_SR=0x{:08x}", setup_.layout.name, sr));
    clock_.sleep(kPollInterval);
  }
}

void QspiController::carry_out(const SpiStores& stores, Nanoseconds limit, std::string_view what) {
  store(stores);
  wait_idle(limit, what);
}

void QspiController::command(const SpiCommand& command) {
  carry_out(command_stores(setup_, command), kRegisterLimit, fmt::format("command 0x{:02x}", command.opcode));
}

// The data register holds the bus back until the bytes are there.
Bytes QspiController::read(const SpiCommand& command, std::size_t size) {
  Bytes data;
  if (size == 0) return data;
  const Address dr = setup_.reg(setup_.layout.dr);
  std::vector<WordAccess> batch = accesses(read_stores(setup_, command, static_cast<std::uint32_t>(size)));
  while (data.size() + 4 <= size) {
    const std::size_t first = batch.size();
    const std::size_t words = std::min(kWordsAtOnce, (size - data.size()) / 4);
    batch.insert(batch.end(), words, WordAccess::load(dr));
    memory_.run(batch);
    for (std::size_t i = first; i < batch.size(); ++i) append_le32(data, batch[i].value);
    batch.clear();
  }
  if (!batch.empty()) memory_.run(batch);
  while (data.size() < size) data.push_back(memory_.read8(dr));
  wait_idle(kRegisterLimit, fmt::format("the answer to command 0x{:02x}", command.opcode));
  return data;
}

void QspiController::write(const SpiCommand& command, ByteView data) {
  if (data.empty()) return this->command(command);
  store(write_stores(setup_, command, static_cast<std::uint32_t>(data.size())));
  for (const std::uint8_t byte : data) memory_.write8(setup_.reg(setup_.layout.dr), byte);
  wait_idle(kRegisterLimit, fmt::format("the end of command 0x{:02x}", command.opcode));
}

Bytes QspiController::status() {
  // With two bits a clock the length must be even; the chip repeats its register.
  const std::size_t size = setup_.dual() || setup_.mode.dtr ? 2 : 1;
  Bytes bytes = read(register_command(setup_.mode, spi_op::kReadStatus), size);
  bytes.resize(setup_.chips());
  return bytes;
}

unsigned QspiController::chip_number(std::size_t index) const {
  return setup_.second_only() ? 2 : static_cast<unsigned>(index) + 1;
}

void QspiController::enable_writing() {
  command({spi_op::kWriteEnable});
  const Bytes now = status();
  for (std::size_t i = 0; i < now.size(); ++i) {
    if ((now[i] & (spi_status::kWel | spi_status::kWip)) == spi_status::kWel) continue;
    throw FlashError(fmt::format("Cannot write enable flash{}. Status=0x{:02x}", chip_number(i), now[i]),
                     bank_, setup_.base, fmt::format("flash{} status", chip_number(i)), now[i]);
  }
}

void QspiController::wait_ready(Nanoseconds limit, std::string_view what) {
  const Deadline deadline(clock_, limit, what);
  for (;;) {
    const Bytes now = status();
    if (std::ranges::none_of(now, [](std::uint8_t s) { return (s & spi_status::kWip) != 0; })) return;
    deadline.check(fmt::format("status 0x{:02x}", now[0]));
    clock_.sleep(Milliseconds(1));
  }
}

}  // namespace probity::stm32
