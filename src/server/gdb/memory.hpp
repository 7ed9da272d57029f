// The packets m M X, qCRC and qSearch:memory.
#pragma once

#include <string>
#include <string_view>

#include "server/gdb/context.hpp"

namespace probity::server::gdb {

class Memory {
 public:
  explicit Memory(Context& context) : context_(context) {}

  std::string read(std::string_view range);            // "20000000,10"
  std::string write_hex(std::string_view request);     // "20000000,2:abcd"
  std::string write_binary(std::string_view request);  // "20000000,2:" and two bytes
  std::string crc(std::string_view range);
  std::string search(std::string_view request);  // "20000000;1000;" and the bytes looked for

 private:
  std::size_t read_up_to_fault(Address address, ByteSpan data);
  std::string write(AddressRange range, ByteView data);
  std::uint32_t checksum(AddressRange range);

  Context& context_;
};

}  // namespace probity::server::gdb
