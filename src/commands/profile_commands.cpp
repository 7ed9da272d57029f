// profile: a histogram of the pc, for gprof.
#include <fmt/format.h>

#include <fstream>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"
#include "target/profile.hpp"

namespace probity {

namespace {

std::string profile(const Call& call) {
  args::expect(call.args, 2, 4);
  if (call.args.size() == 3) throw UsageError("an end goes with the start");
  const std::chrono::seconds duration(args::number(call.args[0], 24 * 3600));
  std::optional<AddressRange> range;
  if (call.args.size() == 4) {
    const Address start = args::address(call.args[2]), end = args::address(call.args[3]);
    if (end < start || end - start < 2) throw ConfigError("Error: end - start < 2");
    range = AddressRange{start, end - start};
  }
  const std::string& path = call.args[1];
  std::ofstream file(path, std::ios::binary);  // before the work, so that it is not in vain
  if (!file) throw ConfigError(fmt::format("cannot write '{}'", path));
  const ProfileSamples samples =
      sample_pc(call.session.target(), call.session.clock(), call.session.log(), duration);
  const Bytes bytes = gmon_file(samples, range);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw ConfigError(fmt::format("cannot write '{}'", path));
  return fmt::format("Wrote {}\n", path);
}

}  // namespace

std::vector<CommandRow> profile_rows() {
  return {{"profile", CommandMode::exec, "seconds filename [start end]",
           "Samples the pc of the running target and writes a histogram for gprof.", profile}};
}

}  // namespace probity
