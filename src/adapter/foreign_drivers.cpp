#include "adapter/foreign_drivers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/errors.hpp"

namespace probity {

namespace {

struct ForeignDriver {
  std::string_view name;
  std::vector<Transport> transports;  // those of OpenOCD 0.12.0, in its order
  std::string_view product;
};

[[noreturn]] void fail(std::string_view chosen, std::string_view product) {
  std::vector<std::string_view> own;
  for (const AdapterDriver& driver : adapter_drivers()) own.push_back(driver.name);
  throw ConfigError(fmt::format(
      "{}: this program has no driver for {}; its configuration is read, but it cannot be opened. "
      "There are drivers for: {}",
      chosen, product, fmt::join(own, ", ")));
}

std::vector<ForeignDriver> rows() {
  using enum Transport;
  return {
      {"aice", {jtag}, "the Andes AICE"},
      {"amt_jtagaccel", {jtag}, "the Amontec JTAG Accelerator"},
      {"angie", {jtag}, "the ANGIE USB-JTAG adapter"},
      {"arm-jtag-ew", {jtag}, "the Olimex ARM-JTAG-EW"},
      {"at91rm9200", {jtag}, "the GPIO of an AT91RM9200"},
      {"buspirate", {jtag, swd}, "the Bus Pirate"},
      {"ch347", {jtag, swd}, "the WCH CH347"},
      {"cklink", {jtag}, "the T-Head CK-Link"},
      {"dmem", {dapdirect_swd}, "a debug port in this machine's own memory"},
      {"dummy", {jtag}, "an adapter that does not exist (dummy)"},
      {"ep93xx", {jtag}, "the GPIO of an EP93xx"},
      {"esp_usb_jtag", {jtag}, "the USB-JTAG of an Espressif chip"},
      {"eud", {swd}, "the Embedded USB Debugger of a Qualcomm chip"},
      {"ft232r", {jtag}, "the bit-bang mode of an FT232R"},
      {"gw16012", {jtag}, "the Gateworks GW16012"},
      {"jtag_dpi", {jtag}, "a simulation behind SystemVerilog DPI"},
      {"jtag_vpi", {jtag}, "a simulation behind Verilog VPI"},
      {"kitprog", {swd}, "the Cypress KitProg (its CMSIS-DAP mode is driver cmsis-dap)"},
      {"linuxspidev", {swd}, "SWD over a Linux spidev device"},
      {"openjtag", {jtag}, "the OpenJTAG adapter"},
      {"opendous", {jtag}, "the Opendous and estick adapters"},
      {"osbdm", {jtag}, "the P&E OSBDM and OSJTAG"},
      {"parport", {jtag}, "wires on a parallel port"},
      {"presto", {jtag}, "the ASIX PRESTO"},
      {"rlink", {jtag}, "the Raisonance RLink"},
      {"rshim", {dapdirect_swd, swd}, "the rshim device of a BlueField"},
      {"ulink", {jtag}, "the Keil ULINK with OpenULINK firmware"},
      {"usb_blaster", {jtag}, "the Altera USB-Blaster"},
      {"usbprog", {jtag}, "the usbprog adapter"},
      {"vdebug", {jtag, dapdirect_swd}, "a Cadence virtual debug interface"},
      {"vsllink", {jtag, swd}, "the Versaloon"},
      {"xds110", {swd, jtag}, "the TI XDS110"},
      {"xlnx_axi_xvc", {jtag, swd}, "a Xilinx XVC over AXI"},
      {"xlnx_pcie_xvc", {jtag, swd}, "a Xilinx XVC over PCI Express"},
      {"xvc", {jtag}, "a Xilinx Virtual Cable server"},
  };
}

constexpr ForeignLayout kLayouts[] = {{"nulink", "the Nuvoton Nu-Link"}, {"ti-icdi", "the TI ICDI"}};

}  // namespace

const std::vector<AdapterDriver>& foreign_adapter_drivers() {
  static const std::vector<AdapterDriver> kDrivers = [] {
    std::vector<AdapterDriver> drivers;
    for (const ForeignDriver& row : rows()) {
      drivers.push_back({row.name, row.transports,
                         [row](const Host&, const AdapterSettings&, Log&) -> std::unique_ptr<Adapter> {
                           fail(fmt::format("adapter driver {}", row.name), row.product);
                         }});
    }
    return drivers;
  }();
  return kDrivers;
}

std::span<const ForeignLayout> foreign_hla_layouts() { return kLayouts; }

void require_own_hla_layout(const AdapterSettings& settings) {
  const auto chosen = settings.options.find("hla_layout");
  if (chosen == settings.options.end()) return;
  const auto* layout = std::ranges::find(kLayouts, chosen->second, &ForeignLayout::name);
  if (layout != std::end(kLayouts)) fail(fmt::format("hla_layout {}", layout->name), layout->product);
}

}  // namespace probity
