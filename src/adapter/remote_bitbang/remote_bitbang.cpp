#include "adapter/remote_bitbang/remote_bitbang.hpp"

#include <fmt/format.h>

#include <charconv>

#include "adapter/bit_link.hpp"
#include "adapter/remote_bitbang/pin_codec.hpp"
#include "base/errors.hpp"

namespace probity {

namespace {

using namespace remote_bitbang;

constexpr Milliseconds kConnectTimeout(5000);
constexpr Milliseconds kReplyTimeout(5000);
// Replies the peer may owe us: one byte each, so that neither side's socket buffer ever fills while we write.
constexpr std::size_t kMaxOwed = 16384;

class PinLink final : public BitLink {
 public:
  explicit PinLink(TcpStream& stream) : stream_(stream) {}

  void swd_write(const BitVector& bits) override {
    drive(true);
    for (std::size_t i = 0; i < bits.size(); ++i) {
      put(swd_pins(false, bits[i]));
      put(swd_pins(true, bits[i]));
    }
  }

  // The target changes SWDIO on the rising edge; it is sampled before the next one.
  void swd_read(std::size_t cycles, bool sample) override {
    drive(false);
    for (std::size_t i = 0; i < cycles; ++i) {
      put(swd_pins(false, false));
      if (sample) ask(kSampleSwdio);
      put(swd_pins(true, false));
    }
  }

  // TDO changes on the falling edge.
  void jtag(const jtag::Stretch& stretch, std::size_t sample_begin, std::size_t sample_count) override {
    for (std::size_t i = 0; i < stretch.size(); ++i) {
      put(jtag_pins(false, stretch.tms[i], stretch.tdi[i]));
      if (i >= sample_begin && i - sample_begin < sample_count) ask(kSampleTdo);
      put(jtag_pins(true, stretch.tms[i], stretch.tdi[i]));
    }
  }

  BitVector collect() override {
    flush();
    return std::exchange(sampled_, {});
  }

  void put(char c) { out_.push_back(static_cast<std::uint8_t>(c)); }

  void flush() {
    if (!in_step_) {
      throw AdapterError(
          "the connection to the remote_bitbang server is out of step after an earlier failure");
    }
    in_step_ = false;
    exchange_bits();
    in_step_ = true;
  }

 private:
  void exchange_bits() {
    if (!out_.empty()) stream_.write(out_);
    out_.clear();
    if (owed_ == 0) return;
    const Bytes reply = stream_.read(std::exchange(owed_, 0), kReplyTimeout);
    for (const std::uint8_t c : reply) {
      if (c != '0' && c != '1') {
        throw AdapterError(
            fmt::format("remote_bitbang: invalid read response 0x{:02x}, expected '0' or '1'", c));
      }
      sampled_.push(c == '1');
    }
  }
  void ask(char c) {
    put(c);
    if (++owed_ == kMaxOwed) flush();
  }
  void drive(bool on) {
    if (driving_ == on) return;
    put(on ? kDriveSwdio : kReleaseSwdio);
    driving_ = on;
  }

  TcpStream& stream_;
  Bytes out_;
  std::size_t owed_ = 0;
  bool in_step_ = true;  // a reply that comes late would be taken for the next one: replies carry no number
  BitVector sampled_;
  std::optional<bool> driving_;
};

class RemoteBitbang final : public Adapter {
 public:
  RemoteBitbang(const Host& host, const AdapterSettings& settings, Log& log)
      : host_(host), settings_(settings), log_(log) {}
  ~RemoteBitbang() override;

  void open() override;
  std::optional<Hertz> set_speed(Hertz) override { return {}; }  // the peer's pins go as fast as they go
  void set_reset(ResetLines lines) override;
  DapLink& connect(Transport transport, const JtagChain& chain) override;
  std::optional<unsigned> target_voltage() override { return {}; }
  std::vector<std::string> describe() override { return {"remote_bitbang driver initialized"}; }

 private:
  std::string option(const std::string& word) const {
    const auto found = settings_.options.find("remote_bitbang " + word);
    return found == settings_.options.end() ? std::string() : found->second;
  }
  PinLink& pins() {
    if (!pins_) throw AdapterError("remote_bitbang is not open");
    return *pins_;
  }

  Host host_;
  AdapterSettings settings_;
  Log& log_;
  std::unique_ptr<TcpStream> stream_;
  std::unique_ptr<PinLink> pins_;
  std::unique_ptr<DapLink> link_;
  bool trst_ = false, srst_ = false;
};

RemoteBitbang::~RemoteBitbang() {
  if (!pins_) return;
  const UninterruptedScope giving_back(host_.clock);
  try {
    if (trst_ || srst_) set_reset({false, false});
    pins_->put(kQuit);
    pins_->flush();
    log_.info("remote_bitbang interface quit");
  } catch (const std::exception& e) {
    log_.debug("remote_bitbang: closing: {}", e.what());
  }
}

std::uint16_t parse_port(const std::string& text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw ConfigError(fmt::format("remote_bitbang port '{}' is not a number from 0 to 65535", text));
  }
  return port;
}

void RemoteBitbang::open() {
  const std::string port_text = option("port");
  const std::uint16_t port = port_text.empty() ? std::uint16_t{0} : parse_port(port_text);
  std::string where = option("host");
  log_.info("Initializing remote_bitbang driver");
  if (port == 0) {
    if (where.empty()) {
      throw ConfigError(
          "remote_bitbang needs to know where to connect: remote_bitbang host NAME and remote_bitbang port "
          "N, or "
          "the path of a Unix-domain socket as host");
    }
    log_.info("Connecting to unix socket {}", where);
    if (where.front() != '/') where = "./" + where;
  } else {
    if (where.empty()) where = "localhost";
    log_.info("Connecting to {}:{}", where, port);
  }
  stream_ = host_.tcp.connect(where, port, kConnectTimeout);
  pins_ = std::make_unique<PinLink>(*stream_);
}

void RemoteBitbang::set_reset(ResetLines lines) {
  trst_ = lines.trst.value_or(trst_);
  srst_ = lines.srst.value_or(srst_);
  pins().put(reset_pins(trst_, srst_));
  pins().flush();
}

DapLink& RemoteBitbang::connect(Transport transport, const JtagChain& chain) {
  switch (transport) {
    case Transport::swd:
      link_ = lift_swd(pins(), host_.clock);
      break;
    case Transport::jtag:
      link_ = lift_jtag(pins(), host_.clock, log_, chain);
      break;
    default:
      throw ConfigError(fmt::format("remote_bitbang cannot do {}; it has jtag and swd", name_of(transport)));
  }
  return *link_;
}

}  // namespace

std::unique_ptr<Adapter> make_remote_bitbang(const Host& host, const AdapterSettings& settings, Log& log) {
  return std::make_unique<RemoteBitbang>(host, settings, log);
}

}  // namespace probity
