#include "flash/stm32/secure_view.hpp"

#include <array>

#include "base/bits.hpp"
#include "base/errors.hpp"

namespace probity::stm32 {

namespace {

// DDI 0553B D1.2.219: with ENABLE and ALLNS clear all memory is Secure.
constexpr Address kSauCtrl = 0xE000EDD0;
// D1.2.54: with CDSKEY written as 1 the core's own state stays.
constexpr Address kDscsr = 0xE000EE08;
constexpr Field kSbrselEn{"DSCSR.SBRSELEN", 0}, kSbrsel{"DSCSR.SBRSEL", 1}, kCdsKey{"DSCSR.CDSKEY", 17};
constexpr std::uint32_t kSecureBank = kSbrselEn.mask() | kSbrsel.mask() | kCdsKey.mask();
constexpr Field kEnable{"SAU_CTRL.ENABLE", 0}, kAllNs{"SAU_CTRL.ALLNS", 1};

}  // namespace

SecureView::SecureView(MemPort& memory) : memory_(memory), access_(memory), sau_ctrl_(sau_ctrl()) {
  if (kEnable.is_set(sau_ctrl_) || kAllNs.is_set(sau_ctrl_)) set_sau_ctrl(0);
}

SecureView::~SecureView() {
  if (!kEnable.is_set(sau_ctrl_) && !kAllNs.is_set(sau_ctrl_)) return;
  try {
    set_sau_ctrl(sau_ctrl_);
  } catch (const Error&) {
    // On the way out of another error, which tells more.
  }
}

// A halted core shows the registers of the state that it is in; DSCSR chooses the Secure ones.
std::uint32_t SecureView::sau_ctrl() {
  std::array access{WordAccess::store(kDscsr, kSecureBank), WordAccess::load(kSauCtrl),
                    WordAccess::store(kDscsr, kCdsKey.mask())};
  memory_.run(access);
  return access[1].value;
}

void SecureView::set_sau_ctrl(std::uint32_t value) {
  std::array access{WordAccess::store(kDscsr, kSecureBank), WordAccess::store(kSauCtrl, value),
                    WordAccess::store(kDscsr, kCdsKey.mask())};
  memory_.run(access);
}

SecurePages::SecurePages(MemPort& memory, const std::vector<Address>& registers) : memory_(memory) {
  for (const Address address : registers) before_.push_back(WordAccess::load(address));
  memory_.run(before_);
  std::vector<WordAccess> all;
  for (const Address address : registers) all.push_back(WordAccess::store(address, 0xFFFFFFFF));
  memory_.run(all);
}

SecurePages::~SecurePages() {
  std::vector<WordAccess> batch;
  for (const WordAccess& word : before_) batch.push_back(WordAccess::store(word.address, word.value));
  try {
    memory_.run(batch);
  } catch (const Error&) {
    // On the way out of another error, which tells more; the next reset restores them.
  }
}

}  // namespace probity::stm32
