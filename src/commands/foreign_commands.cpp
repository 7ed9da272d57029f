// The words of adapter and flash drivers that this program has not (adapter/foreign_drivers.hpp,
// flash/foreign_bank.hpp): what configures is read and kept, so that files load; what would work on a chip
// says clearly that there is no driver. Names and argument counts as seen of OpenOCD 0.12.0 and its manual.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

constexpr std::size_t kMany = 64;

// A driver's word and how many arguments it takes.
struct Word {
  std::string_view name, usage;
  std::size_t least, most;
};

// Those that only configure an adapter.
constexpr Word kSettings[] = {
    {"aice count_to_check_dbger", "count", 1, 1},
    {"aice desc", "description", 1, 1},
    {"aice port", "aice_pipe|aice_usb", 1, 1},
    {"aice retry_times", "count", 1, 1},
    {"aice vid_pid", "vid pid", 2, 2},
    {"angie vid_pid", "vid pid", 2, 2},
    {"at91rm9200_device", "name", 1, 1},
    {"buspirate led", "<1|0>", 1, 1},
    {"buspirate mode", "<normal|open-drain>", 1, 1},
    {"buspirate port", "device", 1, 1},
    {"buspirate pullup", "<1|0>", 1, 1},
    {"buspirate speed", "<normal|fast>", 1, 1},
    {"buspirate vreg", "<1|0>", 1, 1},
    {"ch347 vid_pid", "vid pid", 2, 2},
    {"ch347 device_desc", "description", 1, 1},
    {"dmem base_address", "address", 1, 1},
    {"dmem ap_address_offset", "offset", 1, 1},
    {"dmem device", "device", 1, 1},
    {"dmem max_aps", "number", 1, 1},
    {"dmem emu_base_address_range", "base length", 2, 2},
    {"dmem emu_ap_list", "ap ...", 1, kMany},
    {"espusbjtag caps_descriptor", "descriptor", 1, 1},
    {"espusbjtag chip_id", "chip_id", 1, 1},
    {"espusbjtag vid_pid", "vid pid", 2, 2},
    {"ft232r jtag_nums", "tck tms tdi tdo", 4, 4},
    {"ft232r restore_serial", "bitmode_control_word", 1, 1},
    {"ft232r srst_num", "pin", 1, 1},
    {"ft232r tck_num", "pin", 1, 1},
    {"ft232r tdi_num", "pin", 1, 1},
    {"ft232r tdo_num", "pin", 1, 1},
    {"ft232r tms_num", "pin", 1, 1},
    {"ft232r trst_num", "pin", 1, 1},
    {"ft232r vid_pid", "vid pid", 2, 2},
    {"jtag_dpi set_address", "address", 1, 1},
    {"jtag_dpi set_port", "port", 1, 1},
    {"jtag_vpi set_address", "address", 1, 1},
    {"jtag_vpi set_port", "port", 1, 1},
    {"jtag_vpi stop_sim_on_exit", "on|off", 1, 1},
    {"kitprog init_acquire_psoc", "", 0, 0},
    {"kitprog_init_acquire_psoc", "", 0, 0},
    {"openjtag device_desc", "description", 1, 1},
    {"openjtag variant", "variant", 1, 1},
    {"openjtag vid_pid", "vid pid", 2, 2},
    {"opendous_hw_jtag", "[2|3]", 0, 1},
    {"opendous_type", "[usbvlab|usbprog-jtag|opendous]", 0, 1},
    {"parport cable", "[layout]", 0, 1},
    {"parport port", "[port_number]", 0, 1},
    {"parport toggling_time", "[nanoseconds]", 0, 1},
    {"parport write_on_exit", "on|off", 1, 1},
    {"rshim device", "device", 1, 1},
    {"rtck", "[enable|disable]", 0, 1},
    {"spidev mode", "0|1|2|3", 1, 1},
    {"spidev path", "device", 1, 1},
    {"spidev queue_entries", "number", 1, 1},
    {"ulink download_firmware", "file", 1, 1},
    {"usb_blaster device_desc", "description", 1, 1},
    {"usb_blaster firmware", "file", 1, 1},
    {"usb_blaster lowlevel_driver", "(ftdi|ublast2)", 1, 1},
    {"usb_blaster pin", "(pin6|pin8) (0|1|s|t)", 1, 2},
    {"usb_blaster vid_pid", "vid pid [vid_uninit pid_uninit]", 2, 4},
    {"vdebug batching", "level", 1, 1},
    {"vdebug bfm_path", "path clk_period", 2, 2},
    {"vdebug mem_path", "path base size", 3, 3},
    {"vdebug polling", "min max", 2, 2},
    {"vdebug server", "host:port", 1, 1},
    {"vsllink usb_bulkin", "endpoint", 1, 1},
    {"vsllink usb_bulkout", "endpoint", 1, 1},
    {"vsllink usb_interface", "interface", 1, 1},
    {"vsllink usb_pid", "pid", 1, 1},
    {"vsllink usb_vid", "vid", 1, 1},
    {"xds110 supply", "millivolts", 1, 1},
    {"xlnx_axi_xvc dev_addr", "address", 1, 1},
    {"xlnx_axi_xvc dev_file", "device", 1, 1},
    {"xlnx_pcie_xvc config", "device", 1, 1},
    {"xvc host", "name", 1, 1},
    {"xvc port", "number", 1, 1},
};

// Those that would need the driver: the first word of the name.
constexpr Word kOperations[] = {
    {"ambiqmicro mass_erase", "bank", 1, 1},
    {"ambiqmicro page_erase", "bank first last", 3, 3},
    {"ambiqmicro program_otp", "bank offset count", 3, 3},
    {"artery fap", "(state|enable|disable) bank", 2, 2},
    {"artery mass_erase", "bank", 1, 1},
    {"at91sam3 gpnvm", "[(clr|set|show) [bit]]", 0, 2},
    {"at91sam3 info", "", 0, 0},
    {"at91sam3 slowclk", "[clock_hz]", 0, 1},
    {"at91sam4 gpnvm", "[(clr|set|show) [bit]]", 0, 2},
    {"at91sam4 info", "", 0, 0},
    {"at91sam4 slowclk", "[clock_hz]", 0, 1},
    {"at91sam4l smap_reset_deassert", "", 0, 0},
    {"at91sam7 gpnvm", "bit (set|clear)", 2, 2},
    {"atsame5 bootloader", "[size_in_bytes]", 0, 1},
    {"atsame5 chip-erase", "", 0, 0},
    {"atsame5 dsu_reset_deassert", "", 0, 0},
    {"atsame5 userpage", "[value] [mask]", 0, 2},
    {"atsamv gpnvm", "[(clr|set|show) [bit]]", 0, 2},
    {"em357 lock", "bank", 1, 1},
    {"em357 mass_erase", "bank", 1, 1},
    {"em357 unlock", "bank", 1, 1},
    {"fm3 chip_erase", "bank", 1, 1},
    {"jtagspi always_4byte", "bank [on|off]", 1, 2},
    {"jtagspi cmd", "bank num_resp cmd_byte ...", 3, kMany},
    {"jtagspi set", "bank name chip_size page_size read_cmd unused pprg_cmd ...", 7, 10},
    {"kitprog acquire_psoc", "", 0, 0},
    {"kitprog info", "", 0, 0},
    {"lpc2900 password", "bank password", 2, 2},
    {"lpc2900 read_custom", "bank file", 2, 2},
    {"lpc2900 secure_jtag", "bank", 1, 1},
    {"lpc2900 secure_sector", "bank first last", 3, 3},
    {"lpc2900 signature", "bank", 1, 1},
    {"lpc2900 write_custom", "bank file [type]", 2, 3},
    {"max32xxx mass_erase", "bank", 1, 1},
    {"max32xxx protection_check", "bank", 1, 1},
    {"max32xxx protection_clr", "bank address size", 3, 3},
    {"max32xxx protection_set", "bank address size", 3, 3},
    {"msp432 bsl", "bank [unlock|lock]", 1, 2},
    {"msp432 mass_erase", "bank [main|all]", 1, 2},
    {"niietcm4 bflash_info_remap", "bank (on|off)", 2, 2},
    {"niietcm4 driver_info", "bank", 1, 1},
    {"niietcm4 extmem_boot", "bank (on|off)", 2, 2},
    {"niietcm4 extmem_cfg", "bank ...", 1, kMany},
    {"niietcm4 service_mode_erase", "bank", 1, 1},
    {"niietcm4 uflash_erase", "bank (main|info) sectors", 3, 4},
    {"niietcm4 uflash_full_erase", "bank", 1, 1},
    {"niietcm4 uflash_protect", "bank (main|info) sectors", 3, 5},
    {"niietcm4 uflash_protect_check", "bank (main|info)", 2, 2},
    {"niietcm4 uflash_read_byte", "bank (main|info) address", 3, 3},
    {"niietcm4 uflash_write_byte", "bank (main|info) address value", 4, 4},
    {"numicro chip_erase", "", 0, 0},
    {"numicro read_isp", "address", 1, 1},
    {"numicro write_isp", "address value", 2, 2},
    {"psoc4 chip_protect", "bank", 1, 1},
    {"psoc4 flash_autoerase", "bank (on|off)", 1, 2},
    {"psoc4 mass_erase", "bank", 1, 1},
    {"psoc5lp mass_erase", "bank", 1, 1},
    {"psoc6 mass_erase", "bank", 1, 1},
    {"psoc6 reset_halt", "", 0, 0},
    {"qn908x allow_brick", "", 0, 0},
    {"qn908x disable_wdog", "", 0, 0},
    {"qn908x mass_erase", "", 0, 0},
    {"rsl10 lock", "key1 key2 key3 key4", 4, 4},
    {"rsl10 mass_erase", "", 0, 0},
    {"rsl10 unlock", "key1 key2 key3 key4", 4, 4},
    {"sim3x lock", "", 0, 0},
    {"sim3x mass_erase", "", 0, 0},
    {"swm050 mass_erase", "bank", 1, 1},
    {"xcf ccb", "bank ...", 1, kMany},
    {"xcf configure", "bank", 1, 1},
    {"xds110 info", "", 0, 0},
    {"xmc4xxx flash_password", "bank password1 password2", 3, 3},
    {"xmc4xxx flash_unprotect", "bank user_level", 2, 2},
};

// Words of flash drivers that only prepare them.
constexpr Word kFlashSettings[] = {
    {"str9x flash_config", "bank BBSR NBBSR BBADR NBBADR", 5, 5},
    {"tms470 flash_keyset", "key0 key1 key2 key3", 4, 4},
    {"tms470 osc_megahertz", "MHz", 1, 1},
    {"tms470 plldis", "0|1", 1, 1},
};

// Words of other cores beyond those of left_out_commands.cpp; their files set them up before init.
constexpr std::string_view kOtherCores[] = {"addreg",    "at91sam9", "du_select",   "esp",       "esp32",
                                            "etm_dummy", "mips64",   "quark_x10xx", "tap_select"};

CommandRow other_core_row(std::string_view word) {
  return {word, CommandMode::config, "...", "Of cores that this program has not: read, and without effect.",
          [](const Call&) { return std::string(); }};
}

CommandRow setting_row(const Word& setting) {
  return {setting.name, CommandMode::any, setting.usage,
          "A setting of a driver that this program has not: read, and without effect.",
          [setting](const Call& call) -> std::string {
            args::expect(call.args, setting.least, setting.most);
            call.session.adapter_settings.options[std::string(setting.name)] = args::joined(call.args);
            return {};
          }};
}

CommandRow operation_row(const Word& operation) {
  return {operation.name, CommandMode::exec, operation.usage,
          "Of a driver that this program has not: an error.", [operation](const Call& call) -> std::string {
            args::expect(call.args, operation.least, operation.most);
            throw ConfigError(fmt::format("{}: this program has no driver {}", operation.name,
                                          operation.name.substr(0, operation.name.find(' '))));
          }};
}

}  // namespace

std::vector<CommandRow> foreign_rows() {
  std::vector<CommandRow> rows;
  for (const Word& setting : kSettings) rows.push_back(setting_row(setting));
  for (const Word& setting : kFlashSettings) rows.push_back(setting_row(setting));
  for (const Word& operation : kOperations) rows.push_back(operation_row(operation));
  for (const std::string_view word : kOtherCores) rows.push_back(other_core_row(word));
  return rows;
}

}  // namespace probity
