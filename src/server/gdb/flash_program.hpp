// The packets vFlashErase, vFlashWrite and vFlashDone: GDB's `load` into flash. They are gathered; what is to
// be erased and written is one job, done at vFlashDone as `flash write_image` does it, so that sectors whose
// content is right already are left alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/gdb/context.hpp"

namespace probity::server::gdb {

class FlashProgram {
 public:
  explicit FlashProgram(Context& context) : context_(context) {}

  std::string erase(std::string_view range);    // "8000000,4000"
  std::string write(std::string_view request);  // "8000000:" and the bytes
  std::string done(std::string_view nothing);
  bool pending() const { return !erases_.empty() || !writes_.empty(); }

 private:
  FlashBank& bank_of(AddressRange range);
  void require_sectors(FlashBank& bank, AddressRange range);
  Image image() const;
  void add_erases(FlashPlan& todo, std::vector<FlashBank*>& banks) const;

  Context& context_;
  std::vector<AddressRange> erases_;
  std::vector<Segment> writes_;
};

}  // namespace probity::server::gdb
