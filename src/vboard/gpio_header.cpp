#include "vboard/gpio_header.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/errors.hpp"

namespace probity::vboard {

namespace {

constexpr unsigned kLines = 54;  // of a BCM2835
constexpr unsigned kClock = 11, kSwdioTms = 25, kTdi = 10, kTdo = 9, kNrst = 24, kNtrst = 7;
constexpr Nanoseconds kCall = Microseconds(1);
constexpr bool kPullUp = true;

}  // namespace

// The electrical side: what each line is driven to, if at all.
class GpioHeader::Chip {
 public:
  explicit Chip(Board& board) : board_(board) {}

  std::array<std::optional<std::string>, kLines> users;
  std::vector<std::string> errors;

  // Takes the levels of some lines at once; `apply` puts them into driven().
  template <typename Apply>
  void change(Apply apply) {
    const auto before = driven_;
    apply(driven_);
    board_.timeline().advance(kCall);
    if (driven_[kNrst] != before[kNrst]) board_.set_nrst(!level(kNrst));
    if (driven_[kNtrst] != before[kNtrst]) board_.set_ntrst(!level(kNtrst));
    const bool clock_before = before[kClock].value_or(kPullUp);
    if (level(kClock) == clock_before) return;
    if (level(kClock)) {
      for (const unsigned line : {kSwdioTms, kTdi}) {
        if (driven_[line] != before[line])
          errors.push_back(fmt::format("line {} changes with the clock", line));
      }
      rise();
    } else {
      tdo_ = board_.pins().tdo;
    }
  }
  bool read(unsigned line) {
    if (line == kTdo) return tdo_;
    if (line == kSwdioTms && !driven_[line]) return board_.pins().swdio;
    return level(line);
  }
  bool is_wired_to(const Board& board) const { return &board == &board_; }
  void pass_call() { board_.timeline().advance(kCall); }

 private:
  bool level(unsigned line) const { return driven_[line].value_or(kPullUp); }
  void rise() {
    tdo_ = board_.clock(driven_[kSwdioTms], level(kTdi)).tdo;  // a TAP changes it when the clock falls
    ++(users[kTdo] ? board_.stats().jtag_clocks : board_.stats().swd_clocks);
  }

  Board& board_;
  std::array<std::optional<bool>, kLines> driven_{};
  bool tdo_ = kPullUp;
};

class GpioHeader::Lines final : public GpioLines {
 public:
  Lines(Chip& chip, const std::function<void()>& before_use, const std::string& user,
        std::span<const GpioLineConfig> lines)
      : chip_(chip), before_use_(before_use), lines_(lines.begin(), lines.end()) {
    for (const GpioLineConfig& line : lines_) chip_.users[line.offset] = user;
    drive(~std::uint64_t{0});
  }
  ~Lines() override {
    for (const GpioLineConfig& line : lines_) chip_.users[line.offset].reset();
  }

  void set(std::uint64_t mask, std::uint64_t values) override {
    before_use_();
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if ((mask >> i & 1) == 0) continue;
      if (lines_[i].direction != GpioDirection::output) {
        throw AdapterError(fmt::format("line {} of the virtual GPIO chip is an input", lines_[i].offset));
      }
      lines_[i].value = (values >> i & 1) != 0;
    }
    drive(mask);
  }
  std::uint64_t get(std::uint64_t mask) override {
    before_use_();
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const bool active = chip_.read(lines_[i].offset) != lines_[i].active_low;
      if ((mask >> i & 1) != 0 && active) seen |= std::uint64_t{1} << i;
    }
    chip_.pass_call();
    return seen;
  }
  void configure(std::span<const GpioLineConfig> lines) override {
    before_use_();
    lines_.assign(lines.begin(), lines.end());
    drive(~std::uint64_t{0});
  }

 private:
  static std::optional<bool> driven_by(const GpioLineConfig& line) {
    const bool level = line.value != line.active_low;
    if (line.direction == GpioDirection::input) return {};
    if (line.drive == GpioDrive::open_drain && level) return {};
    if (line.drive == GpioDrive::open_source && !level) return {};
    return level;
  }
  void drive(std::uint64_t mask) {
    chip_.change([&](auto& driven) {
      for (std::size_t i = 0; i < lines_.size(); ++i) {
        if ((mask >> i & 1) != 0) driven[lines_[i].offset] = driven_by(lines_[i]);
      }
    });
  }

  Chip& chip_;
  const std::function<void()>& before_use_;
  std::vector<GpioLineConfig> lines_;
};

GpioHeader::GpioHeader(std::function<void()> before_use) : before_use_(std::move(before_use)) {}
GpioHeader::~GpioHeader() = default;

void GpioHeader::add(Board& board) { chips_.push_back(std::make_unique<Chip>(board)); }

std::vector<std::string> GpioHeader::errors(const Board& board) const {
  std::vector<std::string> all;
  for (const auto& chip : chips_) {
    if (chip->is_wired_to(board)) all.insert(all.end(), chip->errors.begin(), chip->errors.end());
  }
  return all;
}

std::unique_ptr<GpioLines> GpioHeader::request(unsigned number, const std::string& user,
                                               std::span<const GpioLineConfig> lines) {
  if (number >= chips_.size()) {
    throw AdapterError(
        fmt::format("there is no virtual GPIO chip {}; boards with probe=gpio: {}", number, chips_.size()));
  }
  Chip& chip = *chips_[number];
  for (const GpioLineConfig& line : lines) {
    if (line.offset >= kLines) {
      throw AdapterError(fmt::format("virtual GPIO chip {} has no line {}; its lines are 0 to {}", number,
                                     line.offset, kLines - 1));
    }
    if (const auto& holder = chip.users[line.offset]) {
      throw DeviceBusy(
          fmt::format("line {} of virtual GPIO chip {} is in use by {}", line.offset, number, *holder),
          *holder);
    }
  }
  before_use_();
  return std::make_unique<Lines>(chip, before_use_, user, lines);
}

}  // namespace probity::vboard
