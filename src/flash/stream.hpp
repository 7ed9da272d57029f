// The host's side of the flash loader (contrib/loaders/stream.S): a script of commands, and a loader in the
// work area that is fed with it through a ring while it runs, so that data travels while the chip erases and
// programs.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "target/target.hpp"

namespace probity {

// The registers of one flash controller.
struct LoaderRegisters {
  Address cr = 0, sr = 0;  // control and status register; 0 where the script has only CRC commands
  std::uint32_t busy = 0, errors = 0;  // bits of the status register
};

// What of the chip the loader touches.
struct LoaderChip {
  LoaderRegisters registers;        // of the first controller, or the only one
  std::optional<Address> watchdog;  // key register that is fed with 0xAAAA
  // With TrustZone on: the security state that the loader has to run in. RAM is seen at two addresses then,
  // the Secure one with `secure_bit` set, and the work area is used by the one that goes with the state.
  std::optional<bool> secure = {};
  Address secure_bit = 0;
};

struct LoaderStore {
  Address address = 0;
  std::uint32_t value = 0;
};

// Commands in the loader's own encoding (table in stream.S). Each waits until the controller is idle and
// without error.
class LoaderScript {
 public:
  // From here on with these registers (a chip with a controller for each bank).
  void select(const LoaderRegisters& registers);
  // 32-bit stores, one after another: what starts an erase. `about` is the address that an error is told
  // with.
  void store(Address about, std::span<const LoaderStore> stores);
  // `control` goes to the control register first. Then accesses of `width` (1, 2 or 4) bytes; the loader
  // waits for the controller before each `burst` bytes: 1, 2 or a multiple of 4 up to kLargestBurst, and a
  // multiple of `width` (the flash word, a half-page …), written without a pause. `address` and the size of
  // `data` are multiples of `burst`; `data` is not empty.
  static constexpr unsigned kLargestBurst = 256;
  void program(std::uint32_t control, Address address, unsigned width, unsigned burst, ByteView data);
  void crc(AddressRange range);
  void end();
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

// The flash controller reported an error while the loader ran. `address` is what was worked on.
struct LoaderFault : Error {
  LoaderFault(std::string message, std::uint32_t status, Address address)
      : Error(std::move(message)), status(status), address(address) {}
  std::uint32_t status;
  Address address;
};

// How long things take, for pauses and deadlines while feeding.
struct LoaderPace {
  Nanoseconds per_byte{0};  // to carry out one byte of the script, typically: how long to sleep between polls
  Nanoseconds step_limit{
      0};  // the longest that one command or unit may take: no progress for this long is an error
};

// Lifetime: load(), start(), any number of feed() and results(), finish(). The core must be halted before,
// and is halted after finish() or the destructor, with its registers as they were.
class StreamLoader {
 public:
  // Null where the work area is missing or too small. TargetError when the core is not halted.
  static std::unique_ptr<StreamLoader> load(Target& target, const LoaderChip& chip);
  ~StreamLoader();
  StreamLoader(const StreamLoader&) = delete;
  StreamLoader& operator=(const StreamLoader&) = delete;

  void start();
  // Returns when all of `script` is in the ring (not yet carried out). LoaderFault when the controller
  // reports an error; TimeoutError or TargetError when the loader stopped getting on, with pc, xPSR and CFSR.
  void feed(ByteView script, const LoaderPace& pace, Clock& clock);
  // Waits for `count` CRC results: all that were asked for since the last call, at most kMaxResults.
  std::vector<std::uint32_t> results(std::size_t count, const LoaderPace& pace, Clock& clock);
  // Sends END and waits until all is done.
  void finish(const LoaderPace& pace, Clock& clock);
  // For a script that fits into the ring and ends itself: one go, without polling.
  std::vector<std::uint32_t> run_at_once(const LoaderScript& script, std::size_t results,
                                         Milliseconds timeout);

  static constexpr std::size_t kMaxResults = 64;

 private:
  StreamLoader(Target& target, const LoaderChip& chip, std::unique_ptr<WorkArea> area);
  struct Status;
  Status poll();
  void put(ByteView script);
  void publish();
  Status wait_progress(const LoaderPace& pace, Clock& clock);
  [[noreturn]] void explain_stop(const std::string& what);
  std::uint32_t ring_free() const;
  std::vector<std::uint32_t> read_results(std::size_t count);

  Target& target_;
  LoaderChip chip_;
  std::unique_ptr<WorkArea> area_;
  Address begin_ = 0;  // of the work area, as the loader sees it
  Address parameters_ = 0, tables_ = 0, results_ = 0, ring_ = 0, stack_top_ = 0;
  std::uint32_t ring_size_ = 0, table_entries_ = 0;
  std::uint32_t read_ = 0, written_ = 0;  // offsets into the ring
  std::size_t seen_results_ = 0;
  Nanoseconds last_progress_{0};
  bool running_ = false;
};

// CRC-32 of each range, computed on the chip; nothing where the core is not halted, a range reaches into the
// work area, there is none, or the loader does not run there (said at debug level).
std::optional<std::vector<std::uint32_t>> crc_on_chip(Target& target, const std::vector<AddressRange>& ranges,
                                                      std::optional<Address> watchdog, Log& log);

}  // namespace probity
