// MemAp: target memory through a MEM-AP, in batches of DAP accesses. Sources: ADIv5.2 (IHI 0031) C2.2 (TAR,
// auto-increment, byte lanes, packed transfers), C2.6 (registers).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "adapter/mem_port.hpp"
#include "base/errors.hpp"
#include "dap/dap.hpp"

namespace probity {

class MemAp final : public MemPort {
 public:
  // `dap` must outlive the port.
  MemAp(Dap& dap, unsigned ap) : dap_(dap), ap_(ap) {}

  // A batch of reads that was garbled on the wire (parity) is done again, up to 3 times.
  void read(Address address, ByteSpan data, Width width) override;
  void write(Address address, ByteView data, Width width) override;
  void run(std::span<WordAccess> batch) override;
  std::optional<std::uint32_t> csw() override;
  bool set_csw(std::uint32_t value, std::uint32_t mask) override;

  // CSW and TAR are no longer known: somebody else wrote them, or the port was reset.
  void forget();

 private:
  enum class Increment : std::uint8_t { off, single, packed };
  // A stretch of accesses of one kind; `each` bytes go with one DRW access.
  struct Stretch {
    Address address;
    std::size_t size;
    Width width;
    Increment increment;
    std::size_t each;
  };

  std::vector<Stretch> stretches(Address address, std::size_t size, Width width) const;
  void execute(std::vector<DapAccess>& batch);
  template <typename Body>
  void repeating(Body body);
  // Calls `transfer` for each stretch of the range, with its place in it. A FAULT becomes fault().
  void in_stretches(bool reading, AddressRange range, Width width,
                    const std::function<void(const Stretch&, std::size_t at)>& transfer);
  void read_stretch(const Stretch& stretch, ByteSpan data);
  void run_words(std::span<WordAccess> words);
  void write_stretch(const Stretch& stretch, ByteView data);
  [[noreturn]] void fault(bool read, AddressRange range, Width width, const DapError& error);
  [[noreturn]] void fault(std::span<const WordAccess> batch, const DapError& error);

  DapAccess access(std::uint8_t reg, bool read, std::uint32_t value = 0) const;
  void push(std::vector<DapAccess>& batch, std::uint8_t reg, std::uint32_t value) const;
  void push_csw(std::vector<DapAccess>& batch, Width width, Increment increment);
  void push_tar(std::vector<DapAccess>& batch, Address address);
  void advance_tar(std::size_t size);
  std::size_t push_word(std::vector<DapAccess>& batch, std::span<const WordAccess> rest);
  void learn();
  std::uint32_t attributes() const { return (facts_->csw & ~chosen_mask_) | chosen_; }
  std::string refusal();

  Dap& dap_;
  unsigned ap_;
  struct Facts {
    std::uint32_t csw = 0;  // without Size and AddrInc
    bool packed = false;
    bool secure_bus = false;  // AHB5: Prot[6] is HNONSEC
  };
  std::optional<Facts> facts_;
  std::optional<std::uint32_t> csw_, tar_;  // as the AP has them (behind the batch being built), while known
  std::uint32_t chosen_ = 0, chosen_mask_ = 0;  // bits of CSW that set_csw() was given
  bool banked_ = false;                         // the last access went through BD0-3
};

}  // namespace probity
