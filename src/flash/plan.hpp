// plan(): image × banks → what to erase, what to write, with which padding. Pure data in, pure data out.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "flash/bank.hpp"
#include "image/image.hpp"

namespace probity {

// What plan() needs to know of a bank.
struct BankView {
  std::string name;
  Address base = 0;
  std::uint32_t size = 0;
  std::vector<Sector> sectors;
  unsigned write_alignment = 1;
  std::uint8_t padding = 0xFF;  // `flash padded_value`
};

struct PlanOptions {
  bool erase = false;   // `flash write_image erase`
  bool unlock = false;  // `flash write_image unlock`
};

struct BankPlan {
  std::size_t bank = 0;             // index into the views
  std::vector<unsigned> unprotect;  // sectors
  std::vector<unsigned> erase;      // sectors
  std::vector<FlashWrite> writes;   // padded with the erased value, sorted; one per contiguous run
};
struct FlashPlan {
  std::vector<BankPlan> banks;
  std::uint64_t image_bytes = 0;  // without padding
  std::uint64_t bytes() const;    // with padding, as `wrote N bytes` counts
};

// Throws ImageError naming the segment and the range that lies in no bank, or ConfigError without banks; in
// particular an image at address 0 without a flash bank there says which base is the likely address.
FlashPlan plan(const Image& image, const std::vector<BankView>& banks, const PlanOptions& options);

// The banks of `banks` up to the one that completes the cover of the image, probed one after another as
// needed; all of them where the image lies elsewhere.
std::vector<FlashBank*> banks_for(const Image& image, std::span<FlashBank* const> banks);
// A view of each bank, probed first where needed.
std::vector<BankView> views_of(std::span<FlashBank* const> banks);
// Runs a plan made of views_of(banks): unprotects, then one FlashJob a bank. Errors are the banks', with the
// bank's name as context.
FlashJobResult execute(const FlashPlan& plan, std::span<FlashBank* const> banks);

// Takes write protection off whatever covers `sectors`.
void unprotect(FlashBank& bank, const std::vector<unsigned>& sectors);

struct Mismatch {
  Address address = 0;  // of the first differing byte
  std::uint8_t expected = 0, read = 0;
  std::uint64_t different = 0;  // bytes that differ in all
  std::vector<std::pair<Address, std::pair<std::uint8_t, std::uint8_t>>>
      first;  // up to 128: address, (expected, read)
};

// Compares an image with target memory (flash and RAM). Uses a CRC on the chip where the core is halted and a
// work area is there, reads back only what differs. Nothing: equal. `banks`: those of the chip, whose
// watchdog is fed and whose flash is opened for reading meanwhile.
std::optional<Mismatch> compare(const Image& image, Target& target, Log& log,
                                std::span<FlashBank* const> banks);
// "verify failed at 0x08000104: read 0x00, expected 0x12; 7 of 1234 bytes differ".
std::string describe(const Mismatch& mismatch, const Image& image);

}  // namespace probity
