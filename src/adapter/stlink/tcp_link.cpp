// An ST-LINK behind ST's stlink-server: each command is one request with its data, answered by a status and
// data.
#include <algorithm>

#include "adapter/stlink/link.hpp"
#include "adapter/usb_selection.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::stlink {

namespace {

constexpr Milliseconds kConnectTimeout{3000};
constexpr Milliseconds kServerTimeout{3000};
constexpr Milliseconds kBusyPause{1};
constexpr Milliseconds kBusyLimit{1000};

enum class Direction : std::uint8_t { to_probe = 0, from_probe = 1, from_trace = 3 };

struct ServerDevice {
  std::uint32_t id;
  std::string serial;
  std::uint16_t vendor, product;
  bool used;
};

class TcpLink final : public StlinkLink {
 public:
  TcpLink(const Host& host, const AdapterSettings& settings, std::uint16_t port)
      : clock_(host.clock), stream_(host.tcp.connect("127.0.0.1", port, kConnectTimeout)) {
    hello();
    open(choose(settings, devices()));
  }

  ~TcpLink() override {
    const UninterruptedScope giving_back(clock_);
    try {
      status_of(ask(close_request(), 4), "closing the probe");
    } catch (const std::exception&) {
      // The connection goes down anyway, and the server then closes the probe itself.
    }
  }

  Bytes read(const Command& command, std::size_t size, Milliseconds timeout) override {
    return transact(command, Direction::from_probe, {}, size, timeout);
  }
  void write(const Command& command, ByteView data, Milliseconds timeout) override {
    transact(command, Direction::to_probe, data, data.size(), timeout);
  }
  // The request has the place of a command, which stays empty.
  Bytes read_trace(std::size_t size, Milliseconds timeout) override {
    return transact(Command{}, Direction::from_trace, {}, size, timeout);
  }
  std::size_t max_block() const override {
    return api_ < kServerApiLargeBlocks ? kServerSmallBlock : kMaxBlock;
  }
  bool exclusive() const override { return api_ >= kServerApiLocksMisc; }
  std::vector<std::string> describe() const override { return {"connected to stlink-server", version_}; }

 private:
  static Bytes request(Server command, std::uint8_t argument = 0) {
    return {static_cast<std::uint8_t>(command), argument, 0, 0};
  }
  static Bytes request(Server command, std::uint8_t argument, std::uint32_t word) {
    Bytes out = request(command, argument);
    append_le32(out, word);
    return out;
  }
  Bytes close_request() const { return request(Server::close_device, 0, connection_); }

  Bytes ask(ByteView out, std::size_t answer_size, Milliseconds timeout = kServerTimeout) {
    if (!in_step_)
      throw AdapterError("the connection to the stlink-server is out of step after an earlier failure");
    in_step_ = false;
    stream_->write(out);
    Bytes answer = stream_->read(answer_size, timeout);
    in_step_ = true;
    return answer;
  }
  static void status_of(ByteView answer, std::string_view doing) {
    const std::uint32_t status = load_le32(answer);
    if (status == kServerOk) return;
    throw AdapterError(fmt::format("stlink-server: {} failed with status 0x{:08x}", doing, status), status);
  }

  void hello() {
    const Bytes a = ask(request(Server::server_version, kServerApi), 16);
    api_ = load_le32(a);
    version_ = fmt::format("stlink-server API v{}, version {}.{}.{}", api_, load_le32(a, 4), load_le32(a, 8),
                           load_le32(a, 12));
  }

  std::vector<ServerDevice> devices() {
    const Bytes refresh = {static_cast<std::uint8_t>(Server::refresh_devices), 0};
    status_of(ask(refresh, 4), "listing the probes");
    const Bytes count_request = {static_cast<std::uint8_t>(Server::device_count)};
    // The index in device_info is one byte.
    const std::uint32_t count = std::min<std::uint32_t>(load_le32(ask(count_request, 4)), 255);
    std::vector<ServerDevice> result;
    for (std::uint32_t i = 0; i < count; ++i) {
      const Bytes a = ask(request(Server::device_info, static_cast<std::uint8_t>(i), kServerDeviceInfoSize),
                          4 + kServerDeviceInfoSize);
      status_of(a, "asking for a probe's identity");
      const auto serial = std::span(a).subspan(8, kServerSerialSize);
      result.push_back({load_le32(a, 4), std::string(serial.begin(), std::ranges::find(serial, 0)),
                        load_le16(a, 40), load_le16(a, 42), load_u8(a, 44) != 0});
    }
    return result;
  }

  static ServerDevice choose(const AdapterSettings& settings, const std::vector<ServerDevice>& all) {
    std::vector<SeenDevice> fit;
    std::vector<ServerDevice> fitting;
    std::string list;
    for (const ServerDevice& d : all) {
      list += fmt::format("\n  {:04x}:{:04x}, serial {}", d.vendor, d.product, d.serial);
      if (!is_wanted(settings, d.vendor, d.product)) continue;
      fit.push_back({.vendor = d.vendor,
                     .product = d.product,
                     .location = {},
                     .path = "the stlink-server",
                     .product_name = {},
                     .serial = d.serial,
                     .shown = d.serial,
                     .access_error = {}});
      fitting.push_back(d);
    }
    AdapterSettings by_serial = settings;
    by_serial.usb_location.clear();  // the server does not tell it
    const auto chosen = probity::choose(fit, by_serial, std::string(kName));
    if (!chosen) {
      throw AdapterError(fmt::format("no ST-LINK found at the stlink-server: looked for {}{}; {}", kName,
                                     wanted_text(by_serial),
                                     all.empty() ? "it has no probe at all" : "it has:" + list));
    }
    if (fitting[*chosen].used) {
      throw AdapterError(fmt::format("ST-LINK {} is in use by another client of the stlink-server",
                                     fitting[*chosen].serial));
    }
    return fitting[*chosen];
  }

  void open(const ServerDevice& device) {
    const Bytes a = ask(request(Server::open_device, 0, device.id), 8);
    status_of(a, "opening ST-LINK " + device.serial);
    connection_ = load_le32(a, 4);
  }

  Bytes transact(const Command& command, Direction direction, ByteView out, std::size_t size,
                 Milliseconds timeout) {
    Bytes frame = request(Server::usb_command, 0, connection_);
    append(frame, command);
    append(frame, Bytes{static_cast<std::uint8_t>(direction), 0, 0, 0});
    append_le32(frame, static_cast<std::uint32_t>(size));
    append(frame, out);
    const std::size_t answer_size = 4 + (direction == Direction::to_probe ? 0 : size);
    const Deadline deadline(clock_, kBusyLimit, "the stlink-server to serve this client");
    for (;;) {
      Bytes answer = ask(frame, answer_size, timeout);
      if (load_le32(answer) != kServerBusy) {
        status_of(answer, "command " + name_of(command));
        answer.erase(answer.begin(), answer.begin() + 4);
        return answer;
      }
      deadline.check();
      clock_.sleep(kBusyPause);
    }
  }

  Clock& clock_;
  std::unique_ptr<TcpStream> stream_;
  bool in_step_ = true;  // every request has had its whole answer
  std::uint32_t api_ = 0;
  std::uint32_t connection_ = 0;
  std::string version_;
};

}  // namespace

std::unique_ptr<StlinkLink> open_tcp_link(const Host& host, const AdapterSettings& settings,
                                          std::uint16_t port) {
  return std::make_unique<TcpLink>(host, settings, port);
}

}  // namespace probity::stlink
