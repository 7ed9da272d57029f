#include "server/gdb/breakpoints.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "server/gdb/text.hpp"

namespace probity::server::gdb {

// A software breakpoint is an instruction in RAM: in flash it is a comparator's, whatever was asked for.
BreakpointKind Breakpoints::kind_for(char type, Address address) const {
  // Of flash without a driver nothing is known but that it is in the Code region (Armv7-M, B3.1).
  constexpr AddressRange kCodeRegion{0, 0x20000000};
  for (const FlashBank* bank : context_.session.banks_of(context_.target())) {
    if (!bank->usable() && kCodeRegion.contains(address)) return BreakpointKind::hardware;
    if (bank->probed() && AddressRange{bank->base(), bank->size()}.contains(address)) {
      return BreakpointKind::hardware;
    }
  }
  switch (context_.settings.breakpoint_override) {
    case BreakpointOverride::hard:
      return BreakpointKind::hardware;
    case BreakpointOverride::soft:
      return BreakpointKind::software;
    case BreakpointOverride::none:
      break;
  }
  return type == '0' ? BreakpointKind::software : BreakpointKind::hardware;
}

Breakpoints::Set Breakpoints::parse(std::string_view request) const {
  if (request.empty() || request[0] < '0' || request[0] > '4') {
    throw BadRequest("breakpoints have a type from 0 to 4");
  }
  Fields fields(request.substr(1));
  Set set{};
  fields.expect(',');
  set.address = fields.address();
  fields.expect(',');
  set.length = fields.length();
  set.watch = request[0] >= '2';
  if (set.watch) {
    set.access = request[0] == '2'   ? WatchAccess::write
                 : request[0] == '3' ? WatchAccess::read
                                     : WatchAccess::access;
  } else {
    set.address &= ~Address{1};
    // 3 is GDB's word for a 32-bit Thumb instruction (manual, E.5.1).
    set.length = set.length == 3 ? 4 : 2;
    set.kind = kind_for(request[0], set.address);
  }
  return set;
}

bool Breakpoints::there_already(const Set& wanted) const {
  if (wanted.watch) {
    const auto all = context_.target().watchpoints();
    return std::ranges::find(all, wanted.address, &Watchpoint::address) != all.end();
  }
  const auto all = context_.target().breakpoints();
  return std::ranges::find(all, wanted.address, &Breakpoint::address) != all.end();
}

void Breakpoints::put(const Set& set) {
  if (set.watch) {
    context_.target().set_watchpoint({set.address, set.length, set.access, {}, 0xFFFFFFFF});
  } else {
    context_.target().set_breakpoint({set.address, set.length, set.kind});
  }
}

void Breakpoints::take(const Set& set) {
  if (!set.mine) return;
  if (set.watch) {
    context_.target().clear_watchpoint(set.address);
  } else {
    context_.target().clear_breakpoint(set.address);
  }
}

std::string Breakpoints::insert(std::string_view request) {
  Set wanted = parse(request);
  const auto known = std::ranges::find_if(sets_, [&](const Set& s) { return s.same(wanted); });
  if (known != sets_.end()) {
    if (!there_already(wanted)) put(wanted);  // somebody else took it out
    known->removed = false;
    return "OK";
  }
  wanted.mine = !there_already(wanted);
  try {
    put(wanted);
  } catch (const TargetError&) {
    const bool room_to_make = std::ranges::any_of(sets_, &Set::removed);
    if (!room_to_make) throw;
    settle();
    put(wanted);
  }
  sets_.push_back(wanted);
  return "OK";
}

std::string Breakpoints::remove(std::string_view request) {
  const Set wanted = parse(request);
  for (Set& set : sets_) {
    if (set.same(wanted)) set.removed = true;
  }
  // An instruction in RAM shows in what GDB reads.
  if (!wanted.watch && wanted.kind == BreakpointKind::software) settle();
  return "OK";
}

void Breakpoints::settle() {
  for (std::size_t i = 0; i < sets_.size();) {
    if (!sets_[i].removed) {
      ++i;
      continue;
    }
    const Set set = sets_[i];
    sets_.erase(sets_.begin() + static_cast<std::ptrdiff_t>(i));
    take(set);
  }
}

void Breakpoints::remove_all() {
  for (const Set& set : std::exchange(sets_, {})) {
    try {
      take(set);
    } catch (Error& e) {
      e.add_context(fmt::format("taking out GDB's breakpoint at {:#010x}", set.address));
      context_.session.report(e);
    }
  }
}

}  // namespace probity::server::gdb
