#include "vboard/chip/nor/qspi_places.hpp"

#include <algorithm>
#include <array>

namespace probity::vboard {

namespace {

constexpr std::uint32_t kWindow1 = 0x90000000, kWindow2 = 0x70000000;

struct Row {
  std::string_view family;  // names that begin so
  QspiPlace place;
};

// --- makers of places: *_R_BASE, RCC_AHBxENR/RSTR fields and *_IRQn of the CMSIS headers
// ---------------------

// stm32f412zx.h, stm32f446xx.h, stm32f746xx.h; stm32f469xx.h has IRQ 91.
constexpr QspiPlace f4_f7(unsigned irq = 92) {
  return {.registers = 0xA0001000,
          .window = kWindow1,
          .enable_offset = 0x38,
          .reset_offset = 0x18,
          .bit = {"QSPIEN", 1},
          .irq = irq};
}
// stm32l476xx.h (IRQ 71), stm32g474xx.h (95), stm32wb55xx.h (50): FTHRES has four bits.
constexpr QspiPlace l4(unsigned irq) {
  return {.registers = 0xA0001000,
          .window = kWindow1,
          .fifo = 16,
          .enable_offset = 0x50,
          .reset_offset = 0x30,
          .bit = {"QSPIEN", 8},
          .irq = irq};
}
// stm32h743xx.h
constexpr QspiPlace h74x() {
  return {.registers = 0x52005000,
          .window = kWindow1,
          .enable_offset = 0xD4,
          .enable_also = 0x134,
          .reset_offset = 0x7C,
          .bit = {"QSPIEN", 14},
          .irq = 92};
}
constexpr QspiPlace octo(unsigned instance, std::uint32_t registers, std::uint32_t enable,
                         std::uint32_t reset, unsigned bit, unsigned irq) {
  return {.octo = true,
          .instance = instance,
          .registers = registers,
          .window = instance == 1 ? kWindow1 : kWindow2,
          .enable_offset = enable,
          .reset_offset = reset,
          .bit = {"OCTOSPIEN", bit},
          .irq = irq};
}
// stm32l4r9xx.h, stm32l4p5xx.h
constexpr QspiPlace kL4Plus1 = octo(1, 0xA0001000, 0x50, 0x30, 8, 71);
constexpr QspiPlace kL4Plus2 = octo(2, 0xA0001400, 0x50, 0x30, 9, 76);
constexpr QspiPlace kL5 = octo(1, 0x44021000, 0x50, 0x30, 8, 76);       // stm32l552xx.h
constexpr QspiPlace kU5First = octo(1, 0x420D1400, 0x90, 0x68, 4, 76);  // stm32u5a9xx.h, stm32u385xx.h
constexpr QspiPlace kU5Second = octo(2, 0x420D2400, 0x90, 0x68, 8, 120);
constexpr QspiPlace kH5 = octo(1, 0x47001400, 0x94, 0x6C, 20, 78);  // stm32h563xx.h, stm32h523xx.h
// stm32h735xx.h, stm32h7b3xx.h
constexpr QspiPlace h7_octo(unsigned instance) {
  QspiPlace place =
      instance == 1 ? octo(1, 0x52005000, 0xD4, 0x7C, 14, 92) : octo(2, 0x5200A000, 0xD4, 0x7C, 19, 150);
  place.enable_also = 0x134;
  return place;
}

// Which have it: the device summary of each data sheet.
constexpr std::array kRows{
    Row{"stm32f412", f4_f7()},   Row{"stm32f413", f4_f7()},   Row{"stm32f423", f4_f7()},
    Row{"stm32f446", f4_f7()},   Row{"stm32f469", f4_f7(91)}, Row{"stm32f479", f4_f7(91)},
    Row{"stm32f7", f4_f7()},     Row{"stm32g473", l4(95)},    Row{"stm32g474", l4(95)},
    Row{"stm32g483", l4(95)},    Row{"stm32g484", l4(95)},    Row{"stm32g491", l4(95)},
    Row{"stm32g4a1", l4(95)},    Row{"stm32l41", l4(71)},     Row{"stm32l42", l4(71)},
    Row{"stm32l43", l4(71)},     Row{"stm32l44", l4(71)},     Row{"stm32l45", l4(71)},
    Row{"stm32l46", l4(71)},     Row{"stm32l47", l4(71)},     Row{"stm32l48", l4(71)},
    Row{"stm32l49", l4(71)},     Row{"stm32l4a", l4(71)},     Row{"stm32l4p", kL4Plus1},
    Row{"stm32l4p", kL4Plus2},   Row{"stm32l4q", kL4Plus1},   Row{"stm32l4q", kL4Plus2},
    Row{"stm32l4r", kL4Plus1},   Row{"stm32l4r", kL4Plus2},   Row{"stm32l4s", kL4Plus1},
    Row{"stm32l4s", kL4Plus2},   Row{"stm32wb35", l4(50)},    Row{"stm32wb55", l4(50)},
    Row{"stm32wb5m", l4(50)},    Row{"stm32l5", kL5},         Row{"stm32u53", kU5First},
    Row{"stm32u54", kU5First},   Row{"stm32u57", kU5First},   Row{"stm32u57", kU5Second},
    Row{"stm32u58", kU5First},   Row{"stm32u58", kU5Second},  Row{"stm32u59", kU5First},
    Row{"stm32u59", kU5Second},  Row{"stm32u5a", kU5First},   Row{"stm32u5a", kU5Second},
    Row{"stm32u5f", kU5First},   Row{"stm32u5f", kU5Second},  Row{"stm32u5g", kU5First},
    Row{"stm32u5g", kU5Second},  Row{"stm32u3", kU5First},    Row{"stm32h52", kH5},
    Row{"stm32h53", kH5},        Row{"stm32h56", kH5},        Row{"stm32h57", kH5},
    Row{"stm32h742", h74x()},    Row{"stm32h743", h74x()},    Row{"stm32h745", h74x()},
    Row{"stm32h747", h74x()},    Row{"stm32h750", h74x()},    Row{"stm32h753", h74x()},
    Row{"stm32h755", h74x()},    Row{"stm32h757", h74x()},    Row{"stm32h72", h7_octo(1)},
    Row{"stm32h72", h7_octo(2)}, Row{"stm32h73", h7_octo(1)}, Row{"stm32h73", h7_octo(2)},
    Row{"stm32h7a", h7_octo(1)}, Row{"stm32h7a", h7_octo(2)}, Row{"stm32h7b", h7_octo(1)},
    Row{"stm32h7b", h7_octo(2)},
};

}  // namespace

std::vector<QspiPlace> qspi_places(std::string_view chip) {
  std::vector<QspiPlace> places;
  for (const Row& row : kRows) {
    if (chip.starts_with(row.family)) places.push_back(row.place);
  }
  return places;
}

}  // namespace probity::vboard
