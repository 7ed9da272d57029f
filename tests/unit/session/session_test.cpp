// The session without Tcl, on the virtual board.
#include "session/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::session_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Rig {
  explicit Rig(const std::string& driver) {
    log.set_output("/dev/null");
    session.adapter_driver_name = driver;
    session.taps.taps.push_back({"chip.cpu", 4, {0x2ba01477}, true});
    auto dap = std::make_unique<DapEntry>();
    dap->name = "chip.dap";
    dap->tap = "chip.cpu";
    session.daps.push_back(std::move(dap));
    auto target = std::make_unique<TargetEntry>();
    target->name = "chip.cpu";
    target->type = "cortex_m";
    target->dap = "chip.dap";
    session.targets.push_back(std::move(target));
    session.run_event = [this](TargetEntry&, std::string_view event) { events.emplace_back(event); };
  }

  vboard::VirtualHost board{"stm32f407vg"};
  std::unique_ptr<TcpConnector> tcp = make_asio_tcp();
  Log log{board.clock()};
  Session session{Host{board.usb(), board.hid(), *tcp, board.clock()}, log};
  std::vector<std::string> events;
};

std::string message_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& e) {
    return e.describe();
  }
  return "no error";
}

TEST(Session, ComesToLifeInOrder) {
  Rig rig("cmsis-dap");
  EXPECT_EQ(rig.session.stage(), Stage::config);
  rig.session.init();
  EXPECT_EQ(rig.session.stage(), Stage::exec);
  EXPECT_TRUE(rig.session.target().examined());
  EXPECT_THAT(rig.events, ElementsAre("examine-start", "examine-end"));
  rig.session.init();
  EXPECT_EQ(rig.events.size(), 2u);
}

TEST(Session, DeferredTargetsAreLeftAlone) {
  Rig rig("hla");
  rig.session.targets[0]->defer_examine = true;
  rig.session.init();
  EXPECT_EQ(rig.session.targets[0]->target, nullptr);
  rig.session.examine(*rig.session.targets[0]);
  EXPECT_TRUE(rig.session.target("chip.cpu").examined());
}

TEST(Session, NamesWhatIsThere) {
  Rig rig("cmsis-dap");
  EXPECT_THAT(message_of([&] { rig.session.select("core"); }), HasSubstr("there is: chip.cpu"));
  EXPECT_THAT(message_of([&] { rig.session.target(); }), HasSubstr("before 'init'"));
  EXPECT_THAT(message_of([&] { rig.session.flash_bank("0"); }), HasSubstr("there is: none"));
  EXPECT_THAT(message_of([&] { rig.session.adapter(); }), HasSubstr("'init' comes first"));
}

TEST(Session, FindsBanksByNumberNameAndUniquePrefix) {
  Rig rig("cmsis-dap");
  for (const char* name : {"chip.flash", "chip.otp"}) {
    FlashBankConfig config;
    config.name = name;
    config.driver = "stm32f2x";
    config.target = "chip.cpu";
    rig.session.flash_banks.push_back({config, nullptr});
  }
  rig.session.init();
  EXPECT_EQ(rig.session.flash_bank("1").config().name, "chip.otp");
  EXPECT_EQ(rig.session.flash_bank("chip.fl").config().name, "chip.flash");
  EXPECT_THAT(message_of([&] { rig.session.flash_bank("chip."); }), HasSubstr("chip.flash, chip.otp"));
  EXPECT_THAT(message_of([&] { rig.session.flash_bank("2"); }), HasSubstr("not found"));
}

TEST(Session, ATargetInScopeIsTheCurrentOne) {
  Rig rig("cmsis-dap");
  auto other = std::make_unique<TargetEntry>();
  other->name = "other.cpu";
  rig.session.targets.push_back(std::move(other));
  rig.session.select("chip.cpu");
  {
    const Session::CurrentTargetScope scope(rig.session, *rig.session.targets[1]);
    EXPECT_EQ(rig.session.current().name, "other.cpu");
    rig.session.select("other.cpu");
  }
  EXPECT_EQ(rig.session.current().name, "other.cpu");
}

}  // namespace
}  // namespace probity::session_test
