#include "flash/nxp/lpc2000_iap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/nxp/lpc2000_parts.hpp"

namespace probity::lpc {

namespace {

constexpr Milliseconds kCopyLimit{10000};  // a page takes about 1 ms; with a wrong clock it is another
constexpr std::uint32_t kCommandSize = 24, kResultSize = 20;
// The ROM's own variables are in the last 32 bytes of RAM ("RAM used by IAP").
constexpr std::uint32_t kRomVariables = 32;

// r4: the IAP's entry point. Two calls, with the commands at r0 and r5 and the result at r1 and r6, the
// second one only if the first went well; or the second one alone. Ends with the status in r0, and 1 in r7
// where it is the second one's.
constexpr std::array<std::uint16_t, 10> kIapCode = {
    0x47A0,  // two: blx r4
    0x6830,  //      ldr r0, [r6]
    0x2800,  //      cmp r0, #0
    0xD104,  //      bne end
    0x2701,  // one: movs r7, #1
    0x0028,  //      movs r0, r5
    0x0031,  //      movs r1, r6
    0x47A0,  //      blx r4
    0x6830,  //      ldr r0, [r6]
    0xBE00,  // end: bkpt
};
constexpr Address kTwoCalls = 0, kOneCall = 2 * 4, kIapExit = 2 * 9;

}  // namespace

Iap::Iap(Target& target, Clock& clock, Address entry, std::uint32_t stack, std::string bank)
    : target_(target), clock_(clock), entry_(entry), bank_(std::move(bank)) {
  Bytes code;
  for (const std::uint16_t half : kIapCode) append_le16(code, half);
  const auto fixed = static_cast<std::uint32_t>(code.size()) + 2 * kCommandSize + kResultSize;
  const std::uint32_t needed = (fixed + stack + 15) / 8 * 8;
  area_ = target_.work_areas().allocate(needed);
  if (!area_) {
    throw FlashError(
        fmt::format("no working area specified, can't write LPC2000 internal flash: its boot ROM "
                    "does that, and needs {} bytes and a buffer ({} configure -work-area-phys "
                    "ADDRESS -work-area-size SIZE)",
                    needed, target_.name()),
        bank_, 0);
  }
  target_.memory().write(area_->address(), code, Width::word);
  first_command_ = area_->address() + static_cast<Address>(code.size());
  second_command_ = first_command_ + kCommandSize;
  result_ = second_command_ + kCommandSize;
  stack_top_ = (area_->address() + area_->size()) / 8 * 8;
}

Algorithm Iap::algorithm_of(Address entry_offset) const {
  Algorithm algorithm;
  algorithm.entry = area_->address() + entry_offset;
  algorithm.stack_top = stack_top_;
  algorithm.exit = area_->address() + kIapExit;
  algorithm.registers = {{"r0", first_command_},  {"r1", result_}, {"r4", entry_ | 1},
                         {"r5", second_command_}, {"r6", result_}, {"r7", 0}};
  return algorithm;
}

void Iap::put(Address at, std::uint32_t command, const std::vector<std::uint32_t>& parameters) {
  Bytes words;
  append_le32(words, command);
  for (const std::uint32_t parameter : parameters) append_le32(words, parameter);
  words.resize(kCommandSize);
  target_.memory().write(at, words, Width::word);
}

Iap::Answer Iap::call(std::uint32_t command, const std::vector<std::uint32_t>& parameters,
                      Milliseconds limit) {
  put(second_command_, command, parameters);
  Bytes answer(kResultSize);
  target_.memory().write(result_, answer, Width::word);
  with_context(fmt::format("IAP command {}", command),
               [&] { target_.run_algorithm(algorithm_of(kOneCall), limit, {}); });
  target_.memory().read(result_, answer, Width::word);
  return {load_le32(answer, 0), load_le32(answer, 4)};
}

void Iap::copy_blocks(BlockRunner& runner, Address address, ByteView data, const Copy& copy) {
  put(first_command_, iap::kPrepare, copy.prepare);
  const auto call = [&](const BlockRunner::Block& block) {
    put(second_command_, iap::kCopy,
        {address + static_cast<Address>(block.at), block.buffer, block.size, copy.clock_khz});
    return algorithm_of(kTwoCalls);
  };
  const auto check = [&](const BlockRunner::Block& block, std::uint32_t status) {
    if (status == 0) return;
    const bool copied = target_.read_register("r7") != 0;
    throw FlashError(fmt::format("lpc2000 {} returned {} ({}) at 0x{:08x}; are the clock ({} kHz) and the "
                                 "variant of flash bank {} right?",
                                 copied ? "copy" : "prepare sectors", status, iap_status(status),
                                 address + block.at, copy.clock_khz, bank_),
                     bank_, address + static_cast<Address>(block.at), "IAP status", status);
  };
  runner.run(data, kCopyLimit, clock_, call, check);
}

// In blocks of the largest size that there is room for, and what is left in ever smaller ones.
void Iap::write(Address address, ByteView data, const Copy& copy) {
  const std::uint32_t free = target_.work_areas().largest_free();
  std::uint32_t size = copy_size(copy.most);
  std::unique_ptr<BlockRunner> runner;
  while (!runner && size != 0) {
    if (free >= size + kRomVariables) runner = BlockRunner::load(target_, {{}, 0, size, size, kRomVariables});
    if (!runner) size = copy_size(size - 1);
  }
  if (!runner) {
    throw FlashError(fmt::format("no working area specified, can't write LPC2000 internal flash: {} bytes of "
                                 "it are left, a buffer takes 64 at least",
                                 free),
                     bank_, address);
  }
  std::size_t at = 0;
  while (at < data.size()) {
    const std::size_t left = data.size() - at;
    const std::size_t part = left >= size ? left / size * size : copy_size(static_cast<std::uint32_t>(left));
    copy_blocks(*runner, address + static_cast<Address>(at), data.subspan(at, part), copy);
    at += part;
  }
}

}  // namespace probity::lpc
