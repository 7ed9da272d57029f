// A GDB without a socket: packets to a server on the virtual board, in virtual time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/gdb/gdb_server.hpp"
#include "server/gdb/packet.hpp"
#include "server/gdb/text.hpp"
#include "unit/commands/bench.hpp"

namespace probity::server::gdb {

class StringConnection final : public Connection {
 public:
  void send(std::string_view bytes) override { sent += bytes; }
  void flush() override {}
  void close() override { closed = true; }
  std::string peer() const override { return "test"; }
  std::string sent;
  bool closed = false;
};

// All of it, as a connection brings it.
inline void receive(Client& client, std::string_view bytes) {
  while (!bytes.empty()) client.received(bytes);
}

class GdbBench : public Bench {
 public:
  explicit GdbBench(const std::string& setup = {}) : servers(session, interpreter, settings) {
    configure("stlink-dap");
    const std::string result = tcl(setup + "; init");
    if (result.starts_with("error:")) throw std::runtime_error(result);
    connect();
  }
  ~GdbBench() {
    if (client) disconnect();
  }

  void connect() {
    wire = std::make_unique<StringConnection>();
    client = servers.services().at(0).make(*wire);
  }
  void disconnect() {
    client->closed();
    client.reset();
  }

  // The payload of the answer; what was for the console is kept apart. Without an answer, time goes on for a
  // while.
  std::string ask(std::string_view payload) {
    receive(*client, framed(payload));
    return answer();
  }
  std::string answer() {
    for (int i = 0; i < 300; ++i) {
      std::string found;
      if (take(found)) return found;
      session.sleep(Milliseconds(1));
    }
    return "nothing";
  }
  std::string monitor(std::string_view command) { return ask("qRcmd," + to_hex(command)); }

  // Puts a program into flash, as `load` does, and stops at its reset.
  void load(const std::vector<std::uint16_t>& halfwords) {
    std::string bytes;
    for (const std::uint16_t h : halfwords) {
      bytes += static_cast<char>(h & 0xFF);
      bytes += static_cast<char>(h >> 8);
    }
    for (const std::string& packet : {std::string("vFlashErase:8000000,4000"),
                                      "vFlashWrite:8000000:" + escaped(bytes), std::string("vFlashDone")}) {
      if (ask(packet) != "OK") throw std::runtime_error("loading failed");
    }
  }

  GdbSettings settings;
  GdbServers servers;
  std::unique_ptr<StringConnection> wire;
  std::unique_ptr<Client> client;
  std::string console;

 private:
  bool take(std::string& found) {
    std::string_view rest = wire->sent;
    bool got = false;
    while (!got) {
      const auto begin = rest.find('$'), end = rest.find('#', begin);
      if (begin == std::string_view::npos || end == std::string_view::npos) break;
      found = std::string(rest.substr(begin + 1, end - begin - 1));
      rest.remove_prefix(end + 3);
      got = !found.starts_with('O') || found == "OK";
      if (!got) console += text_from_hex(std::string_view(found).substr(1));
    }
    wire->sent = std::string(rest);
    return got;
  }
};

}  // namespace probity::server::gdb
