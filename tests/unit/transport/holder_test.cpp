#include "transport/holder.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "places.hpp"

namespace probity::holder_test {
namespace {

TEST(Holder, IsFoundByWhatItHasOpen) {
  const Place place;
  const auto node = place.file("dev/bus/usb/001/005", "node");
  const auto other = place.file("dev/null", "other");
  place.file("proc/1/comm", "init\n");
  place.link("proc/1/fd/0", other);
  place.file("proc/4711/comm", "openocd\n");
  place.link("proc/4711/fd/0", other);
  place.link("proc/4711/fd/7", node);
  place.file("proc/99/comm", "probity\n");
  place.link("proc/99/fd/3", node);
  place.file("proc/self-made/comm", "no process\n");
  place.link("proc/self-made/fd/3", node);
  const Holders holders = find_holders(node, place.path() / "proc", 99);
  ASSERT_EQ(holders.found.size(), 1U);
  EXPECT_FALSE(holders.some_unseen);
  EXPECT_EQ(describe(holders, node), "openocd (process 4711)");
  EXPECT_TRUE(find_holders(other.string() + "none", place.path() / "proc", 0).found.empty());
}

TEST(Holder, ThatCannotBeSeenIsSaidToBe) {
  EXPECT_EQ(describe(Holders{}, "/dev/hidraw0"), "");
  const Holders unseen{.found = {}, .some_unseen = true};
  EXPECT_EQ(
      describe(unseen, "/dev/hidraw0"),
      "another program (its process cannot be seen without root rights; try: sudo fuser -v /dev/hidraw0)");
  const Holders two{.found = {{"openocd", 1}, {"st-util", 2}}, .some_unseen = true};
  EXPECT_EQ(describe(two, "/dev/hidraw0"), "openocd (process 1) and st-util (process 2)");
}

TEST(Holder, OfThisMachinesProcesses) {
  const Place place;
  const auto file = place.file("node");
  std::ifstream open(file);
  const Holders holders = find_holders(file, "/proc", 0);
  ASSERT_EQ(holders.found.size(), 1U);
  EXPECT_EQ(holders.found.front().process, getpid());
  EXPECT_EQ(holders.found.front().command, "unit_transport");
  EXPECT_TRUE(find_holders(file, "/proc", getpid()).found.empty());
}

TEST(Holder, OfAPort) {
  const int listening = socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_EQ(listen(listening, 1), 0);
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size);
  const std::uint16_t port = ntohs(address.sin_port);
  const Holders holders = find_port_holders(port, "/proc", 0);
  ASSERT_EQ(holders.found.size(), 1U);
  EXPECT_EQ(holders.found.front().process, getpid());
  close(listening);
  EXPECT_TRUE(find_port_holders(port, "/proc", 0).found.empty());
}

}  // namespace
}  // namespace probity::holder_test
