// The TCP seam against real sockets on the loopback interface.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/errors.hpp"
#include "transport/host.hpp"

namespace probity::asio_tcp_test {
namespace {

// A listening socket of the other side; the kernel completes connections into its backlog, so no thread is
// needed.
class Listener {
 public:
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  explicit Listener(int family) : fd_(::socket(family, SOCK_STREAM, 0)) {}
  ~Listener() {
    ::close(fd_);
    if (peer_ >= 0) ::close(peer_);
  }
  void bind_tcp() {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
    socklen_t size = sizeof a;
    ASSERT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&a), &size), 0);
    port = ntohs(a.sin_port);
    ASSERT_EQ(::listen(fd_, 1), 0);
  }
  void bind_local(const std::string& path) {
    sockaddr_un a{};
    a.sun_family = AF_UNIX;
    path.copy(a.sun_path, sizeof a.sun_path - 1);
    ASSERT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
    ASSERT_EQ(::listen(fd_, 1), 0);
  }
  void accept() { peer_ = ::accept(fd_, nullptr, nullptr); }
  void send(ByteView data) const {
    ASSERT_EQ(::send(peer_, data.data(), data.size(), 0), static_cast<ssize_t>(data.size()));
  }
  Bytes receive(std::size_t size) const {
    Bytes b(size);
    EXPECT_EQ(::recv(peer_, b.data(), size, MSG_WAITALL), static_cast<ssize_t>(size));
    return b;
  }
  void close_peer() {
    ::close(peer_);
    peer_ = -1;
  }
  std::uint16_t port = 0;

 private:
  int fd_;
  int peer_ = -1;
};

const Bytes kHello = {1, 2, 3, 4, 5};

TEST(AsioTcp, CarriesBytesBothWays) {
  Listener listener(AF_INET);
  listener.bind_tcp();
  const auto stream = make_asio_tcp()->connect("127.0.0.1", listener.port, Milliseconds(1000));
  listener.accept();
  stream->write(kHello);
  EXPECT_EQ(listener.receive(kHello.size()), kHello);
  listener.send(kHello);
  EXPECT_EQ(stream->read(2, Milliseconds(1000)), (Bytes{1, 2}));
  EXPECT_EQ(stream->read(3, Milliseconds(1000)), (Bytes{3, 4, 5}));
}

TEST(AsioTcp, SilenceIsATimeoutAndTheStreamGoesOn) {
  Listener listener(AF_INET);
  listener.bind_tcp();
  const auto stream = make_asio_tcp()->connect("127.0.0.1", listener.port, Milliseconds(1000));
  listener.accept();
  EXPECT_THROW(stream->read(1, Milliseconds(1)), TimeoutError);
  listener.send(kHello);
  EXPECT_EQ(stream->read(5, Milliseconds(1000)), kHello);
}

TEST(AsioTcp, AClosedPeerIsNamed) {
  Listener listener(AF_INET);
  listener.bind_tcp();
  const auto stream = make_asio_tcp()->connect("127.0.0.1", listener.port, Milliseconds(1000));
  listener.accept();
  listener.close_peer();
  try {
    stream->read(1, Milliseconds(1000));
    FAIL() << "read from a closed peer";
  } catch (const AdapterError& e) {
    EXPECT_EQ(e.message(), "127.0.0.1:" + std::to_string(listener.port) + " closed the connection");
  }
}

TEST(AsioTcp, ARefusedConnectionNamesHostPortAndReason) {
  std::uint16_t port = 0;
  {
    Listener listener(AF_INET);
    listener.bind_tcp();
    port = listener.port;
  }  // nobody listens there any more
  try {
    make_asio_tcp()->connect("127.0.0.1", port, Milliseconds(1000));
    FAIL() << "connected to nobody";
  } catch (const AdapterError& e) {
    EXPECT_EQ(e.message(), "cannot connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
  }
}

TEST(AsioTcp, ASlashMeansAUnixSocket) {
  std::string folder = (std::filesystem::temp_directory_path() / "probity-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  {
    Listener listener(AF_UNIX);
    listener.bind_local(folder + "/probe");
    const auto stream = make_asio_tcp()->connect(folder + "/probe", 0, Milliseconds(1000));
    listener.accept();
    stream->write(kHello);
    EXPECT_EQ(listener.receive(kHello.size()), kHello);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace probity::asio_tcp_test
