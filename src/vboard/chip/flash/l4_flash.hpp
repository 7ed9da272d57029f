// The flash interface of the L4-like generation (RM0351 3, RM0444 3, RM0440 3 …; rows of l4_layout.hpp),
// strict: double or quad words in aligned word writes, in order, into erased cells; flags of an earlier error
// stop the next operation; option bytes come into force by OBL_LAUNCH or power-on alone.
//
// With TrustZone in force there are two sides, each with its registers and its pages (l4_flash_security.cpp).
// Left out of it: the Secure interrupt line, privilege, OEM keys, the erasing of SRAMs by a regression.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "vboard/chip/flash/flash_controller.hpp"
#include "vboard/chip/flash/flash_engine.hpp"
#include "vboard/chip/flash/key_lock.hpp"
#include "vboard/chip/flash/l4_layout.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

class L4Flash final : public FlashController {
 public:
  // `memory` must outlive it.
  L4Flash(std::shared_ptr<const L4Layout> layout, const ChipFacts& facts, NonVolatile& memory,
          FlashSurroundings surroundings);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  BusStatus read_as(Security security, std::uint32_t offset, Lanes lanes, std::uint32_t& value) override;
  BusStatus write_as(Security security, std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  void power_on_reset() override;
  void debugger_attached() override;

  BusStatus read_cells(Master master, Security security, std::uint32_t offset, unsigned size,
                       std::uint32_t& value) override;
  BusStatus write_cells(Security security, std::uint32_t offset, unsigned size, std::uint32_t value) override;
  BusStatus read_otp(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  BusStatus write_otp(std::uint32_t offset, unsigned size, std::uint32_t value) override;
  BusStatus read_option_area(std::uint32_t offset, unsigned size, std::uint32_t& value) override;
  std::optional<ByteView> window(Security security, std::uint32_t offset, std::uint32_t& begin) override;

  void settle() override { engine_.settle(); }
  std::optional<Nanoseconds> busy_until() const override { return engine_.busy_until(); }
  unsigned rdp_level() const override;
  bool watchdog_in_hardware() const override;
  bool trust_zone() const override { return trust_zone_; }
  bool secure_debug_allowed() const override;

 private:
  // Offsets that the bus gives count from the start of what it sees ("seen"); with the banks swapped the
  // cells' own differ. All the private functions take the cells' own.
  struct Side {
    Security security;
    KeyLock key{0x45670123, 0xCDEF89AB};  // NSKEYR, SECKEYR
    std::uint32_t sr = 0, cr = 0;
    void reset() {
      key.reset();
      sr = cr = 0;
    }
  };
  struct Part {  // the beginning of a double or quad word
    std::uint32_t offset = 0;
    Bytes bytes;
    bool otp = false;
    Security security = Security::non_secure;
  };
  struct Row {  // fast programming under way
    std::uint32_t offset = 0;
    Bytes bytes;
    Nanoseconds deadline{0};
  };

  // l4_flash.cpp
  std::uint32_t place(std::uint32_t seen) const;
  std::uint32_t size() const { return static_cast<std::uint32_t>(memory_.cells.size()); }
  std::uint32_t page_size() const { return small_pages_ ? layout_.page_dual : layout_.page_single; }
  std::uint32_t bank_size() const { return dual_ ? size() / 2 : size(); }
  std::uint32_t bank_begin(unsigned bank) const { return dual_ && bank == 2 ? size() / 2 : 0; }
  unsigned bank_of(std::uint32_t offset) const { return dual_ && offset >= size() / 2 ? 2 : 1; }
  bool closed() const { return rdp_level() != 0 && debugger_; }
  Side& side(Security security) { return security == Security::secure ? secure_ : main_; }
  std::uint32_t status(const Side& side);
  std::uint32_t control(const Side& side);
  BusStatus write_any(std::uint32_t offset, std::uint32_t value, Lanes lanes);
  BusStatus write_key(KeyLock& lock, std::uint32_t value, bool allowed);
  BusStatus write_control(Side& side, std::uint32_t value, Lanes lanes);
  void control_options(std::uint32_t value);
  BusStatus write_option_register(std::size_t index, std::uint32_t value, Lanes lanes);
  void refuse(Side& side, std::uint32_t flags);
  void update_interrupt();

  // l4_flash_operations.cpp
  void start_erase(Side& side);
  std::vector<CellRange> selected(const Side& side) const;
  BusStatus write_word(Side& side, std::uint32_t offset, unsigned size, std::uint32_t value, bool otp);
  bool sequence_allowed(Side& side);
  bool protected_from(const Side& side, CellRange range) const;
  void write_row(std::uint32_t offset, unsigned size, std::uint32_t value, bool otp);
  void fail_row(std::uint32_t flags);
  void check_row_deadline();
  void program(const Part& word);
  void start(Side& side, FlashOperation operation, Nanoseconds duration);
  void finished(Side& side);
  CellRange bank_around(std::uint32_t offset) const;

  // l4_flash_options.cpp
  std::uint32_t in_force(std::string_view name) const;
  std::size_t index_of(std::string_view name) const;
  void load_options();
  void start_options();
  void keep_pcrop(std::vector<std::uint32_t>& words) const;
  void keep_locked_areas(std::vector<std::uint32_t>& words) const;
  std::vector<CellRange> regression_erases() const;
  CellRange area(const L4Area& area, const std::vector<std::uint32_t>& words) const;
  bool touches(L4Area::Kind kind, std::uint32_t offset, std::uint32_t size) const;
  bool hidden(std::uint32_t offset, std::uint32_t size) const;
  std::uint32_t securable_locks() const;

  // l4_flash_security.cpp
  enum class Rdp { level0, level0_5, level1, level2 };
  bool tzen(std::uint32_t optr) const;
  Rdp level(std::uint32_t optr) const;
  const L4SecureBank* secure_bank(std::uint32_t offset) const;
  CellRange watermark(const L4SecureBank& bank, const std::vector<std::uint32_t>& words) const;
  std::uint32_t* blocks(std::uint32_t offset);
  bool is_secure(std::uint32_t offset) const;
  bool is_denied(std::uint32_t offset) const;
  bool belongs_to(Security security, CellRange range) const;
  Passage passage(Master master, Security security, std::uint32_t offset) const;
  BusStatus write_secure(std::uint32_t offset, std::uint32_t value, Lanes lanes);
  bool secure_option(std::uint32_t offset) const;
  bool possible(const std::vector<std::uint32_t>& words) const;
  void take_over_trust_zone(std::vector<std::uint32_t>& words) const;
  std::vector<CellRange> open_pages() const;

  const std::shared_ptr<const L4Layout> shared_layout_;
  const L4Layout& layout_;
  std::uint32_t kib_;
  NonVolatile& memory_;
  FlashSurroundings around_;
  FlashEngine engine_;

  Side main_{Security::non_secure}, secure_{Security::secure};  // main_ is all there is without TrustZone
  KeyLock option_key_{0x08192A3B, 0x4C5D6E7F};                  // FLASH_OPTKEYR
  std::uint32_t acr_ = 0, hdpcr_ = 0;
  std::array<std::array<std::uint32_t, 8>, 2> blocks_{};  // SECBB: a bit a page
  bool trust_zone_ = false;
  std::vector<std::uint32_t> written_, loaded_;  // option registers as they read, and in force
  bool dual_ = false, swapped_ = false, small_pages_ = false;
  std::optional<Part> part_;
  std::optional<Row> row_;
  bool debugger_ = false;
};

}  // namespace probity::vboard
