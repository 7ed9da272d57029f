// The flash interface of STM32 L4 and its relatives: key sequences, page erase, programming of double or quad
// words, option bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapter/mem_port.hpp"
#include "base/clock.hpp"
#include "flash/stm32/flash_interface.hpp"
#include "flash/stm32/l4_parts.hpp"

namespace probity::stm32 {

// Offset of an option register, and what is written there.
struct L4OptionWrite {
  unsigned offset = 0;
  std::uint32_t value = 0;
};

class L4Controller final : public FlashInterface {
 public:
  // `bank` is the name that errors carry. Nothing below works before configure().
  L4Controller(MemPort& memory, Clock& clock, std::string bank)
      : memory_(memory), clock_(clock), bank_(std::move(bank)) {}

  // `base`: address of page 0. `secure`: through the secure registers, which takes pages that are secure
  // by their SECBB bit; all are made so between open() and close(), and all accesses Secure ones.
  void configure(const L4Part& part, const L4Layout& layout, const L4Geometry& geometry, Address base,
                 Security security);

  unsigned granule() const override { return part_->granule; }
  std::unique_ptr<FlashReading> reading() override;
  void open() override;
  void close() override;
  void erase(unsigned sector) override;
  void erase_all() override;
  void program(Address address, ByteView data) override;
  LoaderChip loader_chip() const override;
  void add_erase(LoaderScript& script, unsigned sector) const override;
  void add_program(LoaderScript& script, Address address, ByteView data) const override;
  Nanoseconds program_per_byte() const override;
  Nanoseconds program_limit() const override;
  Milliseconds erase_limit(unsigned sector) const override;
  std::string status_text() override;
  void check(std::uint32_t status, Address address) const override;

  // A register of the interface by its offset.
  std::uint32_t read(unsigned offset) const;
  Address address_of(unsigned offset) const { return layout_.base + offset; }
  const L4Layout& layout() const { return layout_; }
  // A batch of accesses to registers of the interface, as Secure ones where it is used so.
  void run(std::span<WordAccess> batch) const;
  // Not between open() and close(). The core must be halted. FlashError, TimeoutError.
  void write_options(std::span<const L4OptionWrite> writes);
  // OBL_LAUNCH: the chip resets, and the probe may see the connection break; that is no error here.
  void launch_options();

 private:
  Address sr() const { return layout_.base + layout_.sr; }
  Address cr() const { return layout_.base + layout_.cr; }
  std::uint32_t erase_word(unsigned sector) const;
  void wait_idle(Address status, Nanoseconds limit, std::string_view what);
  void start(std::uint32_t cr, Milliseconds limit, std::string_view what, Address address);
  void unlock(const L4Layout& layout, unsigned keyr, std::uint32_t key1, std::uint32_t key2, Field lock);
  void unlock_options();
  void rest_caches();
  void wake_caches();
  void clear_empty_flag();
  void open_interface();
  std::vector<Address> secure_blocks() const;

  MemPort& memory_;
  Clock& clock_;
  std::string bank_;
  const L4Part* part_ = nullptr;
  L4Layout layout_{};          // in force: non-secure or secure
  L4Layout options_layout_{};  // option bytes belong to the non-secure registers
  std::vector<L4Page> pages_;
  std::uint32_t page_size_ = 0;
  Address base_ = 0;
  bool trust_zone_ = false, as_secure_ = false, dual_bank_ = false;
  std::optional<std::uint32_t> saved_acr_, saved_icache_;
  std::optional<SecureView> secure_view_;    // between open() and close()
  std::optional<SecurePages> secure_pages_;  // the same
};

// "WRPERR, PGSERR": the error flags set in the status register; empty where there are none.
std::string l4_error_names(std::uint32_t sr);

}  // namespace probity::stm32
