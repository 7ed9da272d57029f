#include "vboard/chip/peripherals/rp_sio.hpp"

#include <algorithm>

#include "base/bits.hpp"
#include "vboard/chip/peripherals/rp_registers.hpp"

namespace probity::vboard {

namespace {
enum : std::uint32_t {
  CPUID = 0x00,
  GPIO_IN = 0x04,
  GPIO_HI_IN = 0x08,
  GPIO_OUT = 0x10,  // then SET, CLR, XOR; the same of OE, HI_OUT, HI_OE
  GPIO_HI_OE_XOR = 0x4C,
  FIFO_ST = 0x50,
  FIFO_WR = 0x54,
  FIFO_RD = 0x58,
  SPINLOCK_ST = 0x5C,
  DIV_UDIVIDEND = 0x60,
  DIV_UDIVISOR = 0x64,
  DIV_SDIVIDEND = 0x68,
  DIV_SDIVISOR = 0x6C,
  DIV_QUOTIENT = 0x70,
  DIV_REMAINDER = 0x74,
  DIV_CSR = 0x78,
  SPINLOCK0 = 0x100,
  kSioEnd = 0x180
};
constexpr Field kValid{"VLD", 0}, kRoom{"RDY", 1}, kWriteOverflow{"WOF", 2}, kReadUnderflow{"ROE", 3};
constexpr Field kReady{"READY", 0}, kDirty{"DIRTY", 1};
constexpr std::size_t kFifoDepth = 8;
}  // namespace

RpSio::RpSio(std::function<unsigned()> core) : core_(std::move(core)), words_(kSioEnd / 4) {}

void RpSio::reset() {
  cores_ = {};
  std::fill(words_.begin(), words_.end(), 0u);
  locks_ = 0;
}

std::uint32_t RpSio::fifo_status() {
  return kValid.of(!own().fifo.empty()) | kRoom.of(other().fifo.size() < kFifoDepth) |
         kWriteOverflow.of(own().overflowed) | kReadUnderflow.of(own().underflowed);
}

std::uint32_t RpSio::pop() {
  if (own().fifo.empty()) {
    own().underflowed = true;
    return 0;
  }
  const std::uint32_t value = own().fifo.front();
  own().fifo.pop_front();
  return value;
}

// Reading a free lock takes it.
std::uint32_t RpSio::claim(unsigned lock) {
  const std::uint32_t bit = 1u << lock;
  const bool is_free = (locks_ & bit) == 0;
  locks_ |= bit;
  return is_free ? bit : 0;
}

BusStatus RpSio::read_register(std::uint32_t offset, std::uint32_t& value) {
  if (offset >= kSioEnd) return BusStatus::error;
  if (offset >= SPINLOCK0) return value = claim((offset - SPINLOCK0) / 4), BusStatus::ok;
  switch (offset) {
    case CPUID:
      value = core_();
      break;
    case FIFO_ST:
      value = fifo_status();
      break;
    case FIFO_RD:
      value = pop();
      break;
    case SPINLOCK_ST:
      value = locks_;
      break;
    case DIV_QUOTIENT:
      value = own().quotient;
      own().dirty = false;
      break;
    case DIV_REMAINDER:
      value = own().remainder;
      break;
    case DIV_CSR:
      value = kReady.mask() | kDirty.of(own().dirty);
      break;
    default:
      value = words_[offset / 4];
  }
  return BusStatus::ok;
}

void RpSio::gpio(std::uint32_t offset, std::uint32_t value) {
  std::uint32_t& out = words_[(offset & ~0xFu) / 4];
  enum : std::uint32_t { kWrites = 0x0, kSets = 0x4, kClears = 0x8 };
  const std::uint32_t how = offset & 0xF;
  out = how == kWrites ? value : how == kSets ? out | value : how == kClears ? out & ~value : out ^ value;
}

// 2.3.1.5: by 0 the quotient is all ones, or -1 or 1 with the sign of the dividend turned around.
void RpSio::divide(bool is_signed) {
  PerCore& d = own();
  d.dirty = true;
  const auto dividend = static_cast<std::int32_t>(d.dividend), divisor = static_cast<std::int32_t>(d.divisor);
  if (d.divisor == 0) {
    d.quotient = is_signed && dividend < 0 ? 1 : 0xFFFFFFFF;
    d.remainder = d.dividend;
  } else if (is_signed) {
    d.quotient = static_cast<std::uint32_t>(std::int64_t{dividend} / divisor);
    d.remainder = static_cast<std::uint32_t>(std::int64_t{dividend} % divisor);
  } else {
    d.quotient = d.dividend / d.divisor;
    d.remainder = d.dividend % d.divisor;
  }
}

BusStatus RpSio::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (offset >= kSioEnd) return BusStatus::error;
  value = repeated(value, lanes);
  if (offset >= SPINLOCK0) return locks_ &= ~(1u << (offset - SPINLOCK0) / 4), BusStatus::ok;
  if (offset >= GPIO_OUT && offset <= GPIO_HI_OE_XOR) return gpio(offset, value), BusStatus::ok;
  switch (offset) {
    case CPUID:
    case GPIO_IN:
    case GPIO_HI_IN:
      break;
    case FIFO_ST:
      own().overflowed = own().underflowed = false;
      break;
    case FIFO_WR:
      if (other().fifo.size() < kFifoDepth) {
        other().fifo.push_back(value);
      } else {
        own().overflowed = true;
      }
      break;
    case DIV_UDIVIDEND:
    case DIV_SDIVIDEND:
      own().dividend = value;
      divide(offset == DIV_SDIVIDEND);
      break;
    case DIV_UDIVISOR:
    case DIV_SDIVISOR:
      own().divisor = value;
      divide(offset == DIV_SDIVISOR);
      break;
    case DIV_QUOTIENT:
      own().quotient = value;
      own().dirty = true;
      break;
    case DIV_REMAINDER:
      own().remainder = value;
      own().dirty = true;
      break;
    default:
      words_[offset / 4] = value;
  }
  return BusStatus::ok;
}

}  // namespace probity::vboard
