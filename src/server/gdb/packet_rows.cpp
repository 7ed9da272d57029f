// Which packet is handled by what.
#include "server/gdb/client.hpp"
#include "server/gdb/text.hpp"

namespace probity::server::gdb {

namespace {

// "", "8000100": where to go on; nothing: at the pc.
std::optional<Address> address_of(std::string_view text) {
  if (text.empty()) return {};
  return Fields(text).address();
}

// "05" or "05;8000100". A core knows no signals.
std::optional<Address> address_behind_signal(std::string_view text) {
  Fields fields(text);
  fields.number();
  if (!fields.skip(";")) return {};
  return fields.address();
}

}  // namespace

const std::vector<GdbClient::Row> GdbClient::kRows = {
      {"qSupported", [](GdbClient& c, std::string_view) { return c.supported(); }},
      {"QStartNoAckMode",
       [](GdbClient& c, std::string_view) -> Reply {
         c.link_.send("OK");
         c.link_.stop_acknowledging();
         c.reader_.ignore_checksums();
         return {};
       }},
      {"!",
       [](GdbClient& c, std::string_view) -> Reply {
         c.extended_ = true;
         return "OK";
       }},
      {"?", [](GdbClient& c, std::string_view) -> Reply { return c.run_.last_signal(); }},
      {"qXfer:features:read:", [](GdbClient& c, std::string_view v) { return c.features(v); }},
      {"qXfer:memory-map:read::", [](GdbClient& c, std::string_view v) { return c.memory_map_piece(v); }},
      {"qXfer:threads:read::", [](GdbClient& c, std::string_view v) -> Reply { return c.threads_.document_piece(v); }},

      {"g", [](GdbClient& c, std::string_view) -> Reply { return c.registers_.read_general(); }},
      {"G", [](GdbClient& c, std::string_view v) -> Reply { return c.registers_.write_general(v); }},
      {"p", [](GdbClient& c, std::string_view v) -> Reply { return c.registers_.read_one(v); }},
      {"P", [](GdbClient& c, std::string_view v) -> Reply { return c.registers_.write_one(v); }},
      {"m", [](GdbClient& c, std::string_view v) -> Reply { return c.memory_.read(v); }},
      {"M", [](GdbClient& c, std::string_view v) -> Reply { return c.memory_.write_hex(v); }},
      {"X", [](GdbClient& c, std::string_view v) -> Reply { return c.memory_.write_binary(v); }},
      {"qCRC:", [](GdbClient& c, std::string_view v) -> Reply { return c.memory_.crc(v); }},
      {"qSearch:memory:", [](GdbClient& c, std::string_view v) -> Reply { return c.memory_.search(v); }},

      {"Z", [](GdbClient& c, std::string_view v) -> Reply { return c.breakpoints_.insert(v); }},
      {"z", [](GdbClient& c, std::string_view v) -> Reply { return c.breakpoints_.remove(v); }},

      {"vCont", [](GdbClient& c, std::string_view v) { return c.run_.vcont(v); }},
      {"c", [](GdbClient& c, std::string_view v) { return c.run_.resume(address_of(v)); }},
      {"s", [](GdbClient& c, std::string_view v) { return c.run_.step(address_of(v)); }},
      {"C", [](GdbClient& c, std::string_view v) { return c.run_.resume(address_behind_signal(v)); }},
      {"S", [](GdbClient& c, std::string_view v) { return c.run_.step(address_behind_signal(v)); }},
      {"F",
       [](GdbClient& c, std::string_view v) -> Reply {
         c.run_.file_io_reply(v);
         return {};
       }},

      {"vFlashErase:", [](GdbClient& c, std::string_view v) { return c.flash_packet(&FlashProgram::erase, v); }},
      {"vFlashWrite:", [](GdbClient& c, std::string_view v) { return c.flash_packet(&FlashProgram::write, v); }},
      {"vFlashDone", [](GdbClient& c, std::string_view v) { return c.flash_packet(&FlashProgram::done, v); }},

      {"qRcmd,", [](GdbClient& c, std::string_view v) { return c.monitor_packet(v); }},
      {"D", [](GdbClient& c, std::string_view) { return c.detach_packet(); }},
      {"k", [](GdbClient& c, std::string_view) { return c.kill(false); }},
      {"vKill;", [](GdbClient& c, std::string_view) { return c.kill(true); }},
      {"R", [](GdbClient& c, std::string_view) { return c.restart(); }},
      {"vRun;", [](GdbClient& c, std::string_view v) { return c.run_program(v); }},

      {"H", [](GdbClient& c, std::string_view v) -> Reply { return c.threads_.select(v); }},
      {"T", [](GdbClient& c, std::string_view v) -> Reply { return c.threads_.is_alive(v); }},
      {"qC", [](GdbClient& c, std::string_view v) -> Reply { return v.empty() ? c.threads_.current() : std::string(); }},
      {"qfThreadInfo", [](GdbClient& c, std::string_view) -> Reply { return c.threads_.first_ids(); }},
      {"qsThreadInfo", [](GdbClient&, std::string_view) -> Reply { return "l"; }},
      {"qThreadExtraInfo,", [](GdbClient& c, std::string_view v) -> Reply { return c.threads_.extra_info(v); }},
      {"qSymbol:", [](GdbClient& c, std::string_view v) -> Reply { return c.threads_.symbol(v); }},
      {"qAttached", [](GdbClient&, std::string_view) -> Reply { return "1"; }},
      {"qOffsets", [](GdbClient&, std::string_view) -> Reply { return "Text=0;Data=0;Bss=0"; }},
};

}  // namespace probity::server::gdb
