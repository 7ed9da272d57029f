#include "adapter/stlink/dap_link.hpp"

#include "base/bits.hpp"
#include "base/errors.hpp"

namespace probity::stlink {

namespace {

// DP registers by A[3:2] (IHI 0031, B2.2).
constexpr std::uint8_t kSELECT = 0x8;  // write
constexpr std::uint8_t kRDBUFF = 0xC;  // read
constexpr Field kDPBANKSEL{"DPBANKSEL", 0, 4};
constexpr Field kAPBANKSEL{"APBANKSEL", 4, 4};
constexpr Field kAPSEL{"APSEL", 24, 8};
constexpr Field kORUNDETECT{"ORUNDETECT", 0, 1};
constexpr std::uint16_t kIDR = 0xFC;  // AP register

}  // namespace

StlinkDapLink::StlinkDapLink(Probe& probe, bool registers, Status entered)
    : probe_(probe), registers_(registers), fresh_(ack_of(entered) == Ack::ok) {}

std::uint32_t StlinkDapLink::reconnect() {
  // Lines of OpenOCD 0.12, which its users know.
  if (registers_) probe_.log().info("stlink_dap_op_connect({}connect)", connected_ ? "re" : "");
  const bool jtag = probe_.wire() == Wire::jtag;
  const std::string doing = "init mode failed (unable to connect to the target)";
  select_ = 0;
  if (!fresh_) {
    const Status entered = probe_.enter(jtag ? Wire::jtag : Wire::swd);
    if (ack_of(entered) != Ack::ok) throw_failure(entered, doing);
  }
  fresh_ = false;
  const auto ids = probe_.idcodes();
  if (ack_of(ids.status) != Ack::ok) throw_failure(ids.status, doing);
  connected_ = true;
  return ids.first;
}

std::vector<std::uint32_t> StlinkDapLink::idcodes() {
  if (probe_.wire() != Wire::jtag) return {};
  const auto ids = probe_.idcodes();
  std::vector<std::uint32_t> result;
  if (ack_of(ids.status) != Ack::ok) return result;
  for (const std::uint32_t id : {ids.first, ids.second}) {
    if (id != 0) result.push_back(id);
  }
  return result;
}

MemPort* StlinkDapLink::native_memory(unsigned ap) {
  // Without AP numbers in the memory commands AP 0 is the only one.
  if (ap != 0 && !probe_.has(Feature::wide_access)) return nullptr;
  auto& memory = memories_[ap];
  if (!memory) memory = std::make_unique<StlinkMemory>(probe_, ap, registers_ || ap != 0);
  return memory.get();
}

std::size_t StlinkDapLink::run(std::span<DapTransfer> transfers) {
  if (!registers_) {
    throw AdapterError(
        "an hla transport hides the debug port's registers: select dapdirect_swd or dapdirect_jtag");
  }
  fresh_ = false;
  std::size_t done = 0;
  for (DapTransfer& transfer : transfers) {
    const Status status = run_one(transfer);
    const auto ack = ack_of(status);
    if (!ack) {
      throw AdapterError(
          fmt::format("{} {} register 0x{:x}: ST-LINK status {}", transfer.read ? "reading" : "writing",
                      transfer.port == Port::dp ? "DP" : "AP", transfer.a, describe(status)),
          static_cast<unsigned>(status));
    }
    transfer.ack = *ack;
    if (*ack != Ack::ok) break;
    ++done;
  }
  return done;
}

Status StlinkDapLink::run_one(DapTransfer& transfer) {
  if (transfer.port == Port::ap) return run_ap(transfer);
  return transfer.read ? read_dp(transfer) : write_dp(transfer);
}

// The firmware banks DP registers by itself, where it can.
std::uint16_t StlinkDapLink::dp_register(std::uint8_t a) const {
  const std::uint32_t bank = kDPBANKSEL.get(select_);
  if (a != kCTRL_STAT || bank == 0) return a;
  if (!probe_.has(Feature::wide_access)) {
    throw AdapterError(
        fmt::format("ST-LINK firmware {} does not reach DP register 0x{:x} of bank {} (needs V2J32)",
                    name_of(probe_.version()), a, bank));
  }
  return static_cast<std::uint16_t>(kAPBANKSEL.of(bank) | a);
}

Status StlinkDapLink::read_dp(DapTransfer& transfer) {
  auto answer = probe_.ask(ReadDapReg(kDebugPort, dp_register(transfer.a)));
  if (probe_.wire() == Wire::jtag && !probe_.has(Feature::jtag_dp_read_ok) &&
      ack_of(answer.status) == Ack::ok) {
    // Firmware V2J24 to J31 returns the value of the read before; RDBUFF fetches this one's.
    answer = probe_.ask(ReadDapReg(kDebugPort, kRDBUFF));
  }
  transfer.value = answer.value;
  return answer.status;
}

Status StlinkDapLink::write_dp(const DapTransfer& transfer) {
  std::uint32_t value = transfer.value;
  if (transfer.a == kSELECT) {
    // Kept here: each register command carries AP and bank, and the firmware writes SELECT itself.
    select_ = value;
    return Status::ok;
  }
  if (transfer.a == kABORT && probe_.wire() == Wire::jtag) return probe_.clear_sticky_errors().status;
  // The firmware does not expect the longer transfers that overrun detection makes (OpenOCD 0.12).
  if (transfer.a == kCTRL_STAT && kDPBANKSEL.get(select_) == 0) value = kORUNDETECT.set(value, 0);
  return probe_.ask(WriteDapReg(kDebugPort, dp_register(transfer.a), value)).status;
}

Status StlinkDapLink::run_ap(DapTransfer& transfer) {
  const std::uint32_t ap = kAPSEL.get(select_);
  const auto reg = static_cast<std::uint16_t>((select_ & kAPBANKSEL.mask()) | transfer.a);
  // IDR is read to find out whether an AP is there at all: opening one that is not would be an error.
  const bool probing = transfer.read && reg == kIDR;
  if (!probing) probe_.open_ap(ap);
  if (!transfer.read) {
    return probe_.ask(WriteDapReg(static_cast<std::uint16_t>(ap), reg, transfer.value)).status;
  }
  const auto answer = probe_.ask(ReadDapReg(static_cast<std::uint16_t>(ap), reg));
  transfer.value = answer.value;
  if (probing && answer.status == Status::bad_ap) {
    transfer.value = 0;  // what an absent AP reads as (IHI 0031, C2.6.1)
    return Status::ok;
  }
  return answer.status;
}

}  // namespace probity::stlink
