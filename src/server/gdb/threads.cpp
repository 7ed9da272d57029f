#include "server/gdb/threads.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "server/gdb/text.hpp"

namespace probity::server::gdb {

Threads::Threads(Context& context) : context_(context) {
  const auto option = context_.entry.options.find("-rtos");
  if (option == context_.entry.options.end() || option->second == "none" || option->second.empty()) return;
  rtos_name_ = option->second;
  wanted_ = rtos::wanted_symbols(rtos_name_);
}

std::string Threads::next_symbol() {
  if (next_wanted_ < wanted_.size()) return "qSymbol:" + to_hex(wanted_[next_wanted_].name);
  if (!rtos_name_.empty()) {
    rtos_ = rtos::make_rtos(rtos_name_, symbols_, context_.target(), context_.session.log());
    if (rtos_) context_.session.log().info("RTOS: {} detected", rtos_->name());
    forget();
  }
  return "OK";
}

std::string Threads::symbol(std::string_view text) {
  Fields fields(text);
  const std::string_view value = fields.until(':');
  if (fields.empty()) {  // new symbols are there: everything from the beginning
    next_wanted_ = 0;
    symbols_.clear();
    return next_symbol();
  }
  const std::string name = text_from_hex(fields.rest());
  if (!value.empty()) {
    Fields number(value);
    symbols_[name] = static_cast<Address>(number.number());
  }
  ++next_wanted_;
  return next_symbol();
}

void Threads::forget() {
  fresh_ = false;
  saved_.reset();
  selected_.reset();
}

// False: there is no operating system, or the core runs. What could be read of damaged lists is kept.
bool Threads::refresh() {
  if (!rtos_) return false;
  if (fresh_ || context_.target().state() != TargetState::halted) return !rtos_->threads().empty();
  fresh_ = true;
  try {
    rtos_->update();
  } catch (const DeviceGone&) {
    throw;
  } catch (Error& e) {
    e.add_context(fmt::format("reading the threads of {}", rtos_->name()));
    context_.session.report(e);
  }
  return !rtos_->threads().empty();
}

std::string Threads::select(std::string_view operation) {
  if (operation.starts_with("g")) {
    Fields fields(operation.substr(1));
    selected_.reset();
    if (!fields.rest().starts_with('-')) {
      const rtos::ThreadId id = fields.number();
      if (id != 0 && rtos_) selected_ = id;
    }
  }
  return "OK";
}

std::string Threads::is_alive(std::string_view id) {
  Fields fields(id);
  const rtos::ThreadId wanted = fields.number();
  if (!refresh()) return std::string(kBadRequest);
  const auto& threads = rtos_->threads();
  return std::ranges::find(threads, wanted, &rtos::Thread::id) != threads.end() ? "OK"
                                                                                : std::string(kBadRequest);
}

std::string Threads::current() {
  const auto id = refresh() ? rtos_->current() : std::nullopt;
  return id ? fmt::format("QC{:016x}", *id) : "QC0";
}

std::string Threads::first_ids() {
  if (!refresh()) return "l";
  std::string text = "m";
  for (const rtos::Thread& thread : rtos_->threads()) {
    text += fmt::format("{}{:016x}", text.size() > 1 ? "," : "", thread.id);
  }
  return text;
}

std::string Threads::extra_info(std::string_view id) {
  Fields fields(id);
  const rtos::ThreadId wanted = fields.number();
  if (!refresh()) return {};
  for (const rtos::Thread& thread : rtos_->threads()) {
    if (thread.id == wanted) return to_hex(rtos::describe(thread));
  }
  return {};
}

namespace {

std::string xml(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '<') {
      quoted += "&lt;";
    } else if (c == '&') {
      quoted += "&amp;";
    } else if (c == '>') {
      quoted += "&gt;";
    } else {
      quoted += c < ' ' ? '?' : c;  // no control characters in XML; others may be no UTF-8
    }
  }
  return quoted;
}

}  // namespace

std::string Threads::document() {
  std::string text = "<?xml version=\"1.0\"?>\n<threads>\n";
  if (refresh()) {
    for (const rtos::Thread& thread : rtos_->threads()) {
      text += fmt::format("<thread id=\"{:x}\">{}</thread>\n", thread.id, xml(rtos::describe(thread)));
    }
  }
  return text + "</threads>\n";
}

std::string Threads::document_piece(std::string_view range) {
  Fields fields(range);
  const std::uint64_t offset = fields.number();
  fields.expect(',');
  const std::uint64_t length = fields.number();
  if (offset == 0) document_ = document();
  return chunk(document_, offset, length);
}

std::string Threads::stop_field() {
  forget();
  const auto id = refresh() ? rtos_->current() : std::nullopt;
  return id ? fmt::format("thread:{:016x};", *id) : std::string();
}

std::optional<RegisterValue> Threads::saved_register(std::string_view name) {
  if (!selected_ || !refresh() || selected_ == rtos_->current()) return {};
  if (!saved_ || saved_->first != *selected_) saved_ = {*selected_, rtos_->registers(*selected_)};
  const auto same = [name](const auto& entry) {
    return std::ranges::equal(entry.first, name, [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  };
  const auto found = std::ranges::find_if(saved_->second, same);
  return found == saved_->second.end() ? RegisterValue{0} : found->second;
}

}  // namespace probity::server::gdb
