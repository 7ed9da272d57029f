// What QUADSPI and OCTOSPI have in common (RM0385 14, RM0432 19): a FIFO between DR and the pins, indirect
// writes and reads, automatic polling, the memory-mapped window, in time. A derived class has the registers.
//
// Left out: DMA requests; "send instruction only once" (the instruction is sent each time); pins: that GPIOs
// (and OCTOSPIM) give the controller its pins is not looked at.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "vboard/chip/nor/qspi_wire.hpp"
#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

enum class QspiMode : std::uint8_t { write, read, poll, mapped };  // FMODE

// One phase of a command.
struct QspiPhase {
  QspiLines how;
  unsigned bits = 0;
  std::uint32_t value = 0;
  unsigned clocks() const { return how.clocks(bits); }
};

struct QspiCommand {
  QspiPhase instruction, address, alternate;
  unsigned dummies = 0;
  QspiLines data;
  bool strobed = false;  // data are read with DQS
};

// What the registers say at the moment.
struct QspiSettings {
  QspiMode mode = QspiMode::write;
  bool enabled = false, dual = false, second = false, swapped = false;
  bool stops_on_match = false, match_any = false, timeout_enabled = false;
  unsigned prescaler = 1;  // kernel clocks a clock
  unsigned cs_high = 1;    // clocks between commands
  unsigned threshold = 1;  // bytes
  std::uint64_t size = 0;  // of what is connected, bytes
  std::uint32_t mask = 0, match = 0, interval = 0, timeout = 0;
  std::uint32_t interrupts = 0;  // flags that interrupt
};

// SR and FCR: the same bits in both.
namespace qspi_flag {
constexpr Field TEF{"TEF", 0}, TCF{"TCF", 1}, FTF{"FTF", 2}, SMF{"SMF", 3}, TOF{"TOF", 4}, BUSY{"BUSY", 5},
    FLEVEL{"FLEVEL", 8, 6};
}  // namespace qspi_flag

// Bytes of an access.
constexpr unsigned access_size(Lanes lanes) {
  const std::uint32_t mask = lanes.mask >> lanes.shift;
  return mask == 0xFF ? 1 : mask == 0xFFFF ? 2 : 4;
}

// The chip around it.
struct QspiSurroundings {
  const TimeSource& time;
  std::function<Hertz()> clock;    // the kernel's
  std::function<bool()> clocked;   // RCC: its clock is enabled
  std::function<bool()> in_reset;  // RCC holds it in reset
  std::function<void(bool level)> interrupt_changed;
};

class QspiController : public RegisterBlock {
 public:
  QspiController(QspiSurroundings around, std::size_t fifo_size);

  TimeSource& wire_time() { return wire_time_; }
  void attach(unsigned index, NorFlash* flash) { wire_.attach(index, flash); }
  // The memory-mapped window, by offset.
  RegisterBlock& window() { return window_; }

  // Does what is due; to be called when RCC changes too.
  void attend();
  // When the registers or a stalled access next change by themselves.
  std::optional<Nanoseconds> next_event();
  bool interrupts_enabled() const { return settings().interrupts != 0; }

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) final;
  BusStatus read_lanes(std::uint32_t offset, Lanes lanes, std::uint32_t& value) final;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) final;
  void reset() final;

 protected:
  virtual QspiSettings settings() const = 0;
  // The command that the registers hold now; `address` is what goes into its address phase.
  virtual QspiCommand command(std::uint32_t address) const = 0;
  // What a write to the window sends; nothing where it is a bus error.
  virtual std::optional<QspiCommand> window_write_command(std::uint32_t address) const = 0;
  virtual std::uint32_t data_register() const = 0;  // offset of DR
  virtual std::uint32_t get(std::uint32_t offset) = 0;
  // Never DR.
  virtual void put(std::uint32_t offset, std::uint32_t value, Lanes lanes) = 0;
  virtual void reset_registers() = 0;
  virtual std::uint32_t address() const = 0;
  virtual std::uint32_t data_length() const = 0;  // DLR

  bool busy() const { return active_ || mapped_open_; }
  std::uint32_t status() const;
  void clear_flags(std::uint32_t flags) { flags_ &= ~flags; }
  void abort();
  void disable();
  // A write to CCR, IR or AR: starts what needs nothing more.
  void instruction_written();
  void address_written();

 private:
  class WireTime final : public TimeSource {
   public:
    Nanoseconds now() const override { return at; }
    Nanoseconds at{0};
  };
  class Window final : public RegisterBlock {
   public:
    explicit Window(QspiController& owner) : owner_(owner) {}
    BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
    BusStatus read_lanes(std::uint32_t offset, Lanes lanes, std::uint32_t& value) override;
    BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
    void reset() override {}

   private:
    QspiController& owner_;
  };
  enum class Step : std::uint8_t { header, data, drain, poll, pause };

  bool usable() const { return around_.clocked() && !around_.in_reset(); }
  Nanoseconds span(std::uint64_t clocks, const QspiSettings& s) const;
  unsigned header_clocks(const QspiCommand& c) const;
  // Bytes that go together over the wire, and the clocks that they take.
  static unsigned unit(const QspiSettings& s, const QspiCommand& c);
  static unsigned unit_clocks(const QspiSettings& s, const QspiCommand& c);

  void begin();
  void advance(Nanoseconds now);
  std::optional<Nanoseconds> step_cost(const QspiSettings& s) const;
  void step(const QspiSettings& s);
  void send_header(const QspiCommand& c, const QspiSettings& s);
  void data_unit(const QspiSettings& s);
  void finish(const QspiSettings& s);
  void poll_once(const QspiSettings& s);
  void skip_polls(Nanoseconds now, const QspiSettings& s);
  std::uint8_t receive(std::uint64_t index, const QspiSettings& s, const QspiCommand& c);
  void send(std::uint64_t index, std::uint8_t value, const QspiSettings& s, const QspiCommand& c);

  BusStatus push(Lanes lanes, std::uint32_t value);
  BusStatus pop(Lanes lanes, std::uint32_t& value);
  BusStatus window_read(std::uint32_t offset, unsigned size, std::uint32_t& value);
  BusStatus window_write(std::uint32_t offset, unsigned size, std::uint32_t value);
  void read_ahead(std::uint32_t offset, unsigned size, const QspiSettings& s);
  void close_window(const QspiSettings& s);
  void time_out(Nanoseconds now);
  void tell_interrupt();

  QspiSurroundings around_;
  const std::size_t fifo_size_;
  QspiWire wire_;
  WireTime wire_time_;
  Window window_;
  std::uint32_t flags_ = 0;
  bool interrupt_ = false;

  // An operation: indirect or polling
  bool active_ = false;
  QspiMode mode_ = QspiMode::write;
  Step step_ = Step::header;
  QspiCommand command_;
  std::uint64_t length_ = 0, moved_ = 0, pushed_ = 0;  // bytes; `moved_` over the wire
  std::deque<std::uint8_t> fifo_;
  bool poll_read_ = false;  // a status that DR has not given yet

  // The window
  struct Pending {
    std::uint32_t offset = 0, value = 0;
    unsigned size = 0;
    Nanoseconds ready{0};
  };
  bool mapped_open_ = false;
  std::uint32_t mapped_next_ = 0;  // offset of the byte that comes next
  std::optional<Pending> pending_;
};

}  // namespace probity::vboard
