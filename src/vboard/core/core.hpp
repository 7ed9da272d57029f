// The virtual Cortex-M core: Armv6-M, Armv7-M, v7E-M (DSP) and Armv8-M mainline Thumb instructions, FPv4-SP
// and FPv5 floating point, NVIC, SysTick, exceptions, lock-up, MPU, halting debug, the DebugMonitor, vector
// catch, FPB and DWT, cycle counts, and the Security Extension (TrustZone) of Armv8-M. It owns the Private
// Peripheral Bus (0xE0000000-0xE00FFFFF); all else goes to the SystemBus. Facts: Armv7-M ARM (DDI 0403), to
// whose sections comments refer where they name no other manual, Armv6-M ARM (DDI 0419), Armv8-M ARM (DDI
// 0553); written here on its own, nothing shared with src/target.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "vboard/core/system_bus.hpp"
#include "vboard/core/tpiu.hpp"

namespace probity::vboard {

// Each executes what those before it do. v6m: Cortex-M0, M0+; v7m: M3; v7em (the DSP extension): M4, M7; v8m:
// M33 with DSP extension; its Security Extension is off at first.
enum class Architecture : std::uint8_t { v6m, v7m, v7em, v8m };

struct CoreFacts {
  Architecture architecture = Architecture::v7em;
  std::uint32_t cpuid = 0x410FC241;  // Cortex-M4 r0p1
  unsigned irq_count = 82;
  unsigned priority_bits = 4;
  unsigned fpb_code_comparators = 6, fpb_literal_comparators = 2, fpb_revision = 0;
  unsigned dwt_comparators = 4;
  bool has_fpu = true;
  // Double precision by MVFR0.DPrecision, FPv5's instructions by MVFR2 not being 0.
  std::uint32_t mvfr0 = 0x10110021, mvfr1 = 0x11000011, mvfr2 = 0;
  unsigned mpu_regions = 8;
  bool has_caches = false;   // Cortex-M7
  unsigned cache_kib = 16;   // each of I and D
  unsigned sau_regions = 8;  // where there is a Security Extension
  bool has_bit_band = true;  // Cortex-M3/M4 of STM32F1-F4; the Cortex-M7 has none
  // The ROM table at 0xE00FF000 (Cortex-M7: the system's at 0xE00FD000) names the chip's maker.
  unsigned rom_designer = 0x20, rom_part = 0x411;  // JEP106 bank 0: STMicroelectronics
};

// Cycle costs follow the Cortex-M4 TRM (3.3.1) without wait states: 1, loads and stores 2 (pairs 3, multiples
// 1 + n), divides 6, a taken branch 2 more, exception entry 12, return 10; VMLA and its likes 3, VDIV and
// VSQRT 14. Not there: imprecise bus faults (all are precise); tail-chaining and late arrival (every return
// unstacks, every entry stacks: only time shows it); of the Security Extension DAUTHCTRL and, in TT, the
// IDAU's region numbers.
class Core {
 public:
  Core(const CoreFacts& facts, SystemBus& bus);
  ~Core();

  // Power-on reset clears everything incl. debug (C_DEBUGEN, DEMCR, FPB, DWT); system reset keeps the debug
  // domain. While held in reset (nRST low) run() consumes time without executing. Leaving reset loads SP and
  // PC from the vector table (at 0x00000000 but for set_initial_vector_table) and honours DEMCR.VC_CORERESET;
  // that read happens inside these calls, so reset the chip's own parts (memory map at 0) first. All three
  // may be called from inside on_reset_request.
  void power_on_reset();
  void system_reset();
  void hold_in_reset(bool held);

  // Executes until `cycles` core cycles are used up (halted, asleep and held cores just let them pass; a
  // stalled bus access is repeated from SystemBus::next_event_cycle() on, or, where that is unknown, ends the
  // slice early, to be repeated). Returns the cycles used: at least 1 unless `cycles` is 0; a little more
  // than `cycles` where the last instruction is longer. cycle() counts on during the slice, so that
  // peripherals can ask for the core's own time. Interrupt lines change only between slices or inside a bus
  // access: end the slice where one is due.
  std::uint64_t run(std::uint64_t cycles);
  std::uint64_t cycle() const;

  bool halted() const;
  bool locked_up() const;
  bool sleeping() const;
  // WFI or WFE with SCR.SLEEPDEEP, and clocks are not kept: SysTick and CYCCNT stand still. What it is for
  // the rest of the chip (Stop, Standby) is the chip's affair.
  bool deeply_asleep() const;
  void keep_clocks_in_deep_sleep(bool keep);  // off at first
  bool in_reset() const;

  // CFGSECEXT: the Security Extension (TrustZone) of an Armv8-M core is there, which then leaves reset in
  // Secure state. Taken over at the next reset; off at first.
  void set_security_extension(bool present);
  // INITNSVTOR and INITSVTOR: where VTOR starts at the next reset; 0 at first. The core leaves reset through
  // the table of the state it then is in.
  void set_initial_vector_table(Security security, std::uint32_t address);
  // Whose memory `address` is for a data access, by SAU and IDAU together; nothing: the accessor's own, as
  // most of the PPB. Without the extension all is Non-secure.
  std::optional<Security> security_of(std::uint32_t address) const;
  // SPIDEN and SPNIDEN together: a debugger may see and halt Secure state. On at first; at once.
  void set_secure_debug(bool allowed);

  // Private Peripheral Bus, from the debug port or the core itself. `size` 1, 2 or 4. With Security Extension
  // a debugger's Non-secure access sees Non-secure state's banked registers, a Secure one those that DSCSR
  // chooses: SBRSEL's while SBRSELEN is set, else the current state's. External PPB addresses
  // (0xE0040000-0xE00FFFFF) that are no component of the core, such as STM32's DBGMCU, go to the SystemBus.
  BusStatus read_ppb(Master master, Security security, std::uint32_t address, unsigned size,
                     std::uint32_t& value);
  BusStatus write_ppb(Master master, Security security, std::uint32_t address, unsigned size,
                      std::uint32_t value);

  void set_irq(unsigned number, bool level);
  // SEV was executed; receive_event() is what it does to the other cores of the chip.
  std::function<void()> on_send_event;
  void receive_event();
  // EDBGRQ: while it is high the core goes to Debug state (DFSR.EXTERNAL), if a debugger has enabled that.
  void set_halt_request(bool level);
  // Debug state was entered, for whatever reason (DBGTRIGGER, HALTED).
  std::function<void()> on_halted;
  // Called when AIRCR.SYSRESETREQ or VECTRESET (`vectreset` true: the core alone, without peripherals) is
  // written, by the core or the debugger. The chip resets its parts and calls system_reset(); without a
  // handler the core resets itself. Lock-up does not call it.
  std::function<void(bool vectreset)> on_reset_request;

  // Told of every byte that leaves the trace port, from inside run() and PPB accesses, and from
  // drain_trace(), which lets out what begins before cycle().
  using TraceOut = std::function<void(const armv7m::ShiftedByte&)>;
  void on_trace(TraceOut out);
  void drain_trace();

  // For tests against the oracle.
  struct Registers {
    std::uint32_t r[16];  // r[13] the current SP, r[15] the address of the next instruction
    std::uint32_t xpsr, msp, psp, primask, basepri, faultmask, control;
    std::uint32_t s[32], fpscr;
    bool secure;  // the current state, whose the banked ones are
  };
  Registers registers() const;
  void set_registers(const Registers& values);
  // Memory was changed by someone else than the core (debugger, flash controller): drop what was decoded from
  // it.
  void memory_changed(std::uint32_t begin, std::uint32_t size);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace probity::vboard
