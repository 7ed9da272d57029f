// NXP LPC800, LPC1100 to LPC1800, LPC4000, LPC4300, LPC54100: where their sectors are, what their boot ROM's
// in-application programming (IAP) takes, and which chip a part id is. Source: what
// OpenOCD 0.12.0 knows of them; described in NXP's user manuals, chapters "Flash memory" and "ISP and IAP
// commands", which were not at hand: UM10601 (LPC81x), UM10800 (LPC82x), UM11029 (LPC84x), UM10398
// (LPC111x), UM10462 (LPC11U), UM10518 (LPC11E), UM10524 (LPC13xx), UM10736 (LPC15xx), UM10360 (LPC176x),
// UM10470 (LPC178x), UM10562 (LPC408x), UM10503 (LPC43xx), UM10850 (LPC5410x);
// many of the part ids are also in github.com/lgeek/lpc_part_ids.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "flash/bank.hpp"

namespace probity::lpc {

// In the order that OpenOCD 0.12.0's `flash info` counts them.
enum class Variant {
  lpc2000_v1,
  lpc2000_v2,
  lpc1700,
  lpc4300,
  lpc800,
  lpc1100,
  lpc1500,
  lpc54100,
  automatic
};

// As `flash bank` says it ("auto", "lpc1700", "lpc4000" …); nothing for other words.
std::optional<Variant> variant_named(std::string_view name);

struct Layout {
  std::vector<Sector> sectors;
  std::uint32_t boundary = 256;  // bytes: what is written begins at a multiple, and is one
  std::uint32_t most = 4096;     // bytes that are written at once
  std::uint32_t stack = 128;     // bytes that the IAP needs of it
  unsigned checksum_vector = 7;  // the vector that makes the first eight sum up to 0
};
// Nothing where no chip of the variant has that much flash, and for ARM7 ones.
std::optional<Layout> layout_of(Variant variant, std::uint32_t size);

struct Part {
  std::uint32_t id;  // as the IAP command 54 reads it
  std::string_view name;
  Variant variant;
  unsigned flash_kib;
};
const Part* find_part(std::uint32_t id);  // null: none that is known

// The largest that the IAP writes at once (64, 128, 256, 512, 1024 or 4096 bytes) and that is not above
// `most`.
std::uint32_t copy_size(std::uint32_t most);

// Sum of the eight words, but for the one at `vector`, as what makes the whole 0: the boot ROM starts a
// user's program only then.
std::uint32_t vector_checksum(ByteView vectors, unsigned vector);

// The manuals' word for a status of the IAP.
std::string_view iap_status(std::uint32_t status);

}  // namespace probity::lpc
