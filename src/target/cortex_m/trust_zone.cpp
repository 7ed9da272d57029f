// The Security Extension of Armv8-M (DDI 0553B, chapters B3 and B11): which state the core is in, what a
// debugger may see of the Secure one, and the way between them.
#include "base/errors.hpp"
#include "target/cortex_m/cortex_m.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {

// AHB5: privileged data accesses of a debugger, Secure as far as that is allowed (CSW.Prot, Arm 100230).
constexpr std::uint32_t kSecureProt = 0x23000000, kProt = 0x7F000000;

}  // namespace

// At each halt: a reset with other option bytes may have switched the extension on or off, and authentication
// signals follow the chip's life cycle.
void CortexM::look_at_security() {
  if (!facts_.is_v8m()) return;
  const auto before = trust_zone_;
  trust_zone_ = {};
  trust_zone_.present = ID_PFR1::Security.is_set(env_.memory.read32(ID_PFR1::kAddress));
  if (!trust_zone_.present) return;
  trust_zone_.debug = DHCSR::S_SDE.is_set(debug_.read_dhcsr());
  // A probe that chooses by itself asks for Non-secure.
  if (trust_zone_.debug && !env_.memory.csw()) env_.memory.set_csw(kSecureProt, kProt);
  trust_zone_.secure = read_secure_state();
  if (before.present && before.debug == trust_zone_.debug) return;
  env_.log.info("[{}] TrustZone is on, {}", name_,
                trust_zone_.debug
                    ? "secure debug is allowed"
                    : "secure debug is not allowed (DHCSR.S_SDE = 0): the core stops in Non-secure "
                      "code only, and Secure memory cannot be reached");
}

// For the end of the line that tells of a halt; nothing without TrustZone.
std::string CortexM::security_words() const {
  if (!trust_zone_.present) return {};
  return trust_zone_.secure ? ", Secure state" : ", Non-secure state";
}

// For the errors of a halt that does not come.
std::string CortexM::secure_debug_hint() const {
  if (!trust_zone_.present || trust_zone_.debug) return {};
  return "; secure debug is not allowed, so it stops only once it runs Non-secure code";
}

bool CortexM::read_secure_state() {
  const SecureAccess access(env_.memory);
  return DSCSR::CDS.is_set(env_.memory.read32(DSCSR::kAddress));
}

// The core is halted, and Secure debug allowed. Registers that the states do not share are other ones
// afterwards.
void CortexM::set_secure_state(bool secure) {
  registers_.flush();
  registers_.invalidate();
  {
    const SecureAccess access(env_.memory);
    env_.memory.write32(DSCSR::kAddress, DSCSR::CDS.of(secure ? 1 : 0));
  }
  if (read_secure_state() == secure) return;
  throw TargetError(fmt::format("[{}] the core does not go into {} state (DSCSR.CDS stays)", name_,
                                secure ? "Secure" : "Non-secure"),
                    "halted");
}

// Which bank of the System Control Space's registers the debugger means, whatever state the core is in.
void CortexM::select_secure_bank(bool on) {
  if (!trust_zone_.present || !trust_zone_.debug) return;
  const SecureAccess access(env_.memory);
  const std::uint32_t selected = DSCSR::SBRSELEN.mask() | DSCSR::SBRSEL.mask();
  env_.memory.write32(DSCSR::kAddress, DSCSR::CDSKEY.mask() | (on ? selected : 0));
}

// The state may have been changed since the halt, through DSCSR.
void CortexM::enter_security_state(const Algorithm& algorithm) {
  if (!trust_zone_.present || !algorithm.secure) return;
  const bool secure = read_secure_state();
  if (secure == *algorithm.secure) return;
  if (!trust_zone_.debug) {
    throw TargetError(
        fmt::format("[{}] the algorithm at {:#010x} has to run in {} state, and secure debug is not "
                    "allowed (DHCSR.S_SDE = 0)",
                    name_, algorithm.entry, *algorithm.secure ? "Secure" : "Non-secure"),
        "halted");
  }
  saved_->secure = secure;
  set_secure_state(*algorithm.secure);
}

}  // namespace probity::cortex_m
