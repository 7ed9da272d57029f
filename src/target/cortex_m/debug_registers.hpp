// Registers of the System Control Space that a debugger uses, by the manual's names. Sources: DDI 0403E
// (Armv7-M ARM), DDI 0553B (Armv8-M ARM), DDI 0419E (Armv6-M ARM, which has a subset); the section stands
// beside each.
#pragma once

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::cortex_m {

// DDI 0403E C1.6.2. The upper half is a key when written, status when read.
namespace DHCSR {
inline constexpr Address kAddress = 0xE000EDF0;
inline constexpr std::uint32_t kDbgKey = 0xA05F0000;
inline constexpr Field C_DEBUGEN{"C_DEBUGEN", 0};
inline constexpr Field C_HALT{"C_HALT", 1};
inline constexpr Field C_STEP{"C_STEP", 2};
// May change only while the core is halted, and not in the write that lets it run.
inline constexpr Field C_MASKINTS{"C_MASKINTS", 3};
inline constexpr Field S_REGRDY{"S_REGRDY", 16};
inline constexpr Field S_HALT{"S_HALT", 17};
inline constexpr Field S_SLEEP{"S_SLEEP", 18};
inline constexpr Field S_LOCKUP{"S_LOCKUP", 19};
inline constexpr Field S_SDE{"S_SDE", 20};  // Armv8-M (DDI 0553B D1.2.49): Secure debug is allowed
inline constexpr Field S_RETIRE_ST{"S_RETIRE_ST", 24};  // sticky, cleared by reading
inline constexpr Field S_RESET_ST{"S_RESET_ST", 25};    // sticky, cleared by reading
}  // namespace DHCSR

// DDI 0403E C1.6.3
namespace DCRSR {
inline constexpr Address kAddress = 0xE000EDF4;
inline constexpr Field REGSEL{"REGSEL", 0, 7};
inline constexpr Field REGWnR{"REGWnR", 16};
}  // namespace DCRSR

// DDI 0403E C1.6.4
namespace DCRDR {
inline constexpr Address kAddress = 0xE000EDF8;
}

// DDI 0403E C1.6.5. Armv6-M has VC_CORERESET, VC_HARDERR and DWTENA (= TRCENA) only.
namespace DEMCR {
inline constexpr Address kAddress = 0xE000EDFC;
inline constexpr Field VC_CORERESET{"VC_CORERESET", 0};
inline constexpr Field VC_faults{"VC_MMERR..VC_HARDERR", 4, 7};
inline constexpr Field VC_BUSERR{"VC_BUSERR", 8};
inline constexpr Field VC_HARDERR{"VC_HARDERR", 10};
inline constexpr Field VC_SFERR{"VC_SFERR", 11};  // Armv8-M with the Security Extension
inline constexpr Field TRCENA{"TRCENA", 24};
inline constexpr std::uint32_t kVectorCatches = 0x7F1;
}  // namespace DEMCR

// DDI 0403E C1.6.1; write 1 to clear.
namespace DFSR {
inline constexpr Address kAddress = 0xE000ED30;
inline constexpr Field HALTED{"HALTED", 0};
inline constexpr Field BKPT{"BKPT", 1};
inline constexpr Field DWTTRAP{"DWTTRAP", 2};
inline constexpr Field VCATCH{"VCATCH", 3};
inline constexpr Field EXTERNAL{"EXTERNAL", 4};
inline constexpr std::uint32_t kAll = 0x1F;
}  // namespace DFSR

// DDI 0403E B3.2.3
namespace CPUID {
inline constexpr Address kAddress = 0xE000ED00;
inline constexpr Field REVISION{"REVISION", 0, 4};
inline constexpr Field PARTNO{"PARTNO", 4, 12};
inline constexpr Field ARCHITECTURE{"ARCHITECTURE", 16, 4};
inline constexpr Field VARIANT{"VARIANT", 20, 4};
inline constexpr Field IMPLEMENTER{"IMPLEMENTER", 24, 8};
}  // namespace CPUID

// DDI 0403E B3.2.4
namespace ICSR {
inline constexpr Address kAddress = 0xE000ED04;
inline constexpr Field ISRPENDING{"ISRPENDING", 22};
inline constexpr Field PENDSTSET{"PENDSTSET", 26};
inline constexpr Field PENDSVSET{"PENDSVSET", 28};
}  // namespace ICSR

// DDI 0403E B3.2.6
namespace AIRCR {
inline constexpr Address kAddress = 0xE000ED0C;
inline constexpr std::uint32_t kVectKey = 0x05FA0000;
inline constexpr Field VECTRESET{"VECTRESET", 0};  // Armv7-M only, and not on Cortex-M7
inline constexpr Field SYSRESETREQ{"SYSRESETREQ", 2};
}  // namespace AIRCR

// DDI 0403E B3.2.8: caches exist on Cortex-M7 (DDI 0489F) only.
namespace CCR {
inline constexpr Address kAddress = 0xE000ED14;
inline constexpr Field DC{"DC", 16};
inline constexpr Field IC{"IC", 17};
}  // namespace CCR

// DDI 0403E B3.2.15, B3.2.16: fault status, write 1 to clear. Not on Armv6-M.
inline constexpr Address kCFSR = 0xE000ED28;
inline constexpr Address kHFSR = 0xE000ED2C;
inline constexpr Address kMMFAR = 0xE000ED34;  // B3.2.18
inline constexpr Address kBFAR = 0xE000ED38;   // B3.2.19
// DDI 0553B D1.2.246, D1.2.245: Armv8-M with the Security Extension; elsewhere they read as zero.
inline constexpr Address kSFSR = 0xE000EDE4;
inline constexpr Address kSFAR = 0xE000EDE8;
namespace ID_PFR1 {  // DDI 0553B D1.2.140
inline constexpr Address kAddress = 0xE000ED44;
inline constexpr Field Security{"Security", 4,
                                4};  // 0: there is no Security Extension, or it is switched off
}  // namespace ID_PFR1

// DDI 0553B D1.2.54: Armv8-M with the Security Extension.
namespace DSCSR {
inline constexpr Address kAddress = 0xE000EE08;
inline constexpr Field SBRSELEN{"SBRSELEN", 0};  // 1: SBRSEL says which bank the debugger's accesses mean
inline constexpr Field SBRSEL{"SBRSEL", 1};      // 1: the Secure one
inline constexpr Field CDS{"CDS", 16};  // the core is in Secure state; changes only with CDSKEY written as 0
inline constexpr Field CDSKEY{"CDSKEY", 17};
}  // namespace DSCSR

// DDI 0403E B1.4.2: the program status registers in one.
namespace xPSR {
inline constexpr Field IPSR{"IPSR", 0, 9};  // the exception's number
inline constexpr Field T{"EPSR.T", 24};     // Thumb state; 0 is a fault
}  // namespace xPSR

// DDI 0403E B3.5.5
namespace MPU_CTRL {
inline constexpr Address kAddress = 0xE000ED94;
inline constexpr Field ENABLE{"ENABLE", 0};
}  // namespace MPU_CTRL

// DDI 0403E B4.8: cache identification; DDI 0403E B2.2.7: cache maintenance (write only).
namespace CCSIDR {
inline constexpr Address kAddress = 0xE000ED80;
inline constexpr Field LineSize{"LineSize", 0, 3};  // log2(words in a line) - 2
inline constexpr Field Associativity{"Associativity", 3, 10};
inline constexpr Field NumSets{"NumSets", 13, 15};
}  // namespace CCSIDR
inline constexpr Address kCSSELR = 0xE000ED84;
inline constexpr Address kICIALLU = 0xE000EF50;
inline constexpr Address kDCCISW = 0xE000EF74;

// DDI 0403E B4.7: media and VFP feature register 0; 0 without an FPU.
namespace MVFR0 {
inline constexpr Address kAddress = 0xE000EF40;
inline constexpr Field SinglePrecision{"Single-precision", 4, 4};
inline constexpr Field DoublePrecision{"Double-precision", 8, 4};
}  // namespace MVFR0
inline constexpr Address kMVFR1 = 0xE000EF44;

// DDI 0403E C1.11: Flash Patch and Breakpoint unit (on Armv6-M the BPU, same place and shape).
namespace FP_CTRL {
inline constexpr Address kAddress = 0xE0002000;
inline constexpr Field ENABLE{"ENABLE", 0};
inline constexpr Field KEY{"KEY", 1};
inline constexpr Field NUM_CODE_low{"NUM_CODE[3:0]", 4, 4};
inline constexpr Field NUM_LIT{"NUM_LIT", 8, 4};
inline constexpr Field NUM_CODE_high{"NUM_CODE[6:4]", 12, 3};
inline constexpr Field REV{"REV", 28, 4};
}  // namespace FP_CTRL
inline constexpr Address kFP_COMP0 = 0xE0002008;

// DDI 0403E C1.8.7
namespace DWT_CTRL {
inline constexpr Address kAddress = 0xE0001000;
inline constexpr Field NUMCOMP{"NUMCOMP", 28, 4};
}  // namespace DWT_CTRL
inline constexpr Address kDWT_CYCCNT = 0xE0001004;
inline constexpr Address kDWT_COMP0 = 0xE0001020;  // COMPn, MASKn (+4), FUNCTIONn (+8), 16 bytes apart

}  // namespace probity::cortex_m
