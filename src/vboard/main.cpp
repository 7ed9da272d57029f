// vboard: serves a virtual board to programs that speak a probe's TCP protocol.
#include <fmt/format.h>

#include <cstdio>

#include "base/errors.hpp"
#include "vboard/serve/bench.hpp"
#include "vboard/serve/options.hpp"

int main(int argc, char** argv) {
  using namespace probity;
  try {
    const auto options =
        vboard::parse_options(std::span<const char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (options.help) {
      fmt::print("{}", vboard::help_text());
      return 0;
    }
    vboard::Bench(options).run();
    return 0;
  } catch (const UsageError& e) {
    fmt::print(stderr, "vboard: {}\n{}", e.describe(), "Try: vboard --help\n");
  } catch (const Error& e) {
    fmt::print(stderr, "vboard: {}\n", e.describe());
  }
  return 1;
}
