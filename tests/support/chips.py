"""Which configuration file each virtual chip's user has: by the beginning of the chip's name; and the
devices that we claim."""
from dataclasses import dataclass

# stm32l4r and l4s have the file of the L4, stm32h7x_dual_bank.cfg is for those who declare the second bank themselves.
TARGETS = {
    "stm32c0": "stm32c0x", "stm32f0": "stm32f0x", "stm32f1": "stm32f1x", "stm32f2": "stm32f2x", "stm32f3": "stm32f3x",
    "stm32f4": "stm32f4x", "stm32f7": "stm32f7x", "stm32g0": "stm32g0x", "stm32g4": "stm32g4x", "stm32h5": "stm32h5x",
    "stm32h7": "stm32h7x", "stm32h7r": "stm32h7rsx", "stm32h7s": "stm32h7rsx", "stm32l0": "stm32l0", "stm32l1": "stm32l1",
    "stm32l4": "stm32l4x", "stm32l5": "stm32l5x", "stm32u0": "stm32u0x", "stm32u3": "stm32u3x", "stm32u5": "stm32u5x",
    "stm32wba2": "stm32wba2x", "stm32wba5": "stm32wba5x", "stm32wba6": "stm32wba6x", "stm32wb": "stm32wbx", "stm32wl": "stm32wlx",
    "gd32f1": "stm32f1x", "cks32f1": "stm32f1x",
    "atsam": "at91samdXX", "efm32": "efm32", "efr32": "efm32", "lm3s": "stellaris", "lm4f": "stellaris", "tm4c": "stellaris",
}


def target_file(chip: str) -> str:
    """"stm32f407vg" → "target/stm32f4x.cfg"; the longest beginning counts."""
    beginning = max((name for name in TARGETS if chip.startswith(name)), key=len)
    return f"target/{TARGETS[beginning]}.cfg"


@dataclass(frozen=True)
class Device:
    """One DBGMCU DEV_ID, and a chip that has it."""
    id: int
    chip: str
    lines: str    # which parts have this id
    driver: str   # of flash bank
    interface: str = "interface/stlink.cfg"
    locks: bool = True  # `DRIVER lock` exists: read-out protection, not product states


DEVICES = [
    Device(0x440, "stm32f051r8", "F030x8, F051, F058", "stm32f1x"),
    Device(0x442, "stm32f091rc", "F030xC, F091, F098", "stm32f1x"),
    Device(0x444, "stm32f030f4", "F030x4/x6, F031, F038", "stm32f1x"),
    Device(0x445, "stm32f042k6", "F042, F048, F070x6", "stm32f1x"),
    Device(0x448, "stm32f072rb", "F070xB, F071, F072, F078", "stm32f1x"),
    Device(0x410, "stm32f103c8", "F101, F102, F103 medium density", "stm32f1x"),
    Device(0x412, "stm32f103c6", "F101, F102, F103 low density", "stm32f1x"),
    Device(0x414, "stm32f103ze", "F101, F103 high density", "stm32f1x"),
    Device(0x418, "stm32f107vc", "F105, F107", "stm32f1x"),
    Device(0x420, "stm32f100rb", "F100 low and medium density", "stm32f1x"),
    Device(0x428, "stm32f100ze", "F100 high density", "stm32f1x"),
    Device(0x430, "stm32f103zg", "F101, F103 XL density", "stm32f1x"),
    Device(0x422, "stm32f303vc", "F302xB/C, F303xB/C, F358", "stm32f1x"),
    Device(0x432, "stm32f373vc", "F373, F378", "stm32f1x"),
    Device(0x438, "stm32f334c8", "F303x6/8, F328, F334", "stm32f1x"),
    Device(0x439, "stm32f302r8", "F301, F302x6/8, F318", "stm32f1x"),
    Device(0x446, "stm32f303re", "F302xD/E, F303xD/E, F398", "stm32f1x"),
    Device(0x411, "stm32f207zg", "F205, F207, F215, F217", "stm32f2x"),
    Device(0x413, "stm32f407vg", "F405, F407, F415, F417", "stm32f2x"),
    Device(0x419, "stm32f429zi", "F427, F429, F437, F439", "stm32f2x"),
    Device(0x421, "stm32f446re", "F446", "stm32f2x"),
    Device(0x423, "stm32f401cc", "F401xB/C", "stm32f2x"),
    Device(0x431, "stm32f411re", "F411", "stm32f2x"),
    Device(0x433, "stm32f401re", "F401xD/E", "stm32f2x"),
    Device(0x434, "stm32f469ni", "F469, F479", "stm32f2x"),
    Device(0x441, "stm32f412zg", "F412", "stm32f2x"),
    Device(0x458, "stm32f410rb", "F410", "stm32f2x"),
    Device(0x463, "stm32f413zh", "F413, F423", "stm32f2x"),
    Device(0x452, "stm32f722ze", "F722, F723, F730, F732, F733", "stm32f2x"),
    Device(0x449, "stm32f746zg", "F745, F746, F750, F756", "stm32f2x"),
    Device(0x451, "stm32f767zi", "F765, F767, F768, F769, F777, F778, F779", "stm32f2x"),
    Device(0x456, "stm32g051k8", "G050, G051, G061", "stm32l4x"),
    Device(0x460, "stm32g071rb", "G070, G071, G081", "stm32l4x"),
    Device(0x466, "stm32g031k8", "G030, G031, G041", "stm32l4x"),
    Device(0x467, "stm32g0b1re", "G0B0, G0B1, G0C1", "stm32l4x"),
    Device(0x468, "stm32g431kb", "G431, G441", "stm32l4x"),
    Device(0x469, "stm32g474re", "G471, G473, G474, G483, G484", "stm32l4x"),
    Device(0x479, "stm32g491re", "G491, G4A1", "stm32l4x"),
    Device(0x443, "stm32c011f6", "C011", "stm32l4x"),
    Device(0x453, "stm32c031c6", "C031", "stm32l4x"),
    Device(0x415, "stm32l476rg", "L471, L475, L476, L486", "stm32l4x"),
    Device(0x435, "stm32l432kc", "L431, L432, L433, L442, L443", "stm32l4x"),
    Device(0x461, "stm32l496zg", "L496, L4A6", "stm32l4x"),
    Device(0x462, "stm32l452re", "L451, L452, L462", "stm32l4x"),
    Device(0x464, "stm32l412kb", "L412, L422", "stm32l4x"),
    Device(0x470, "stm32l4r5zi", "L4R5, L4R7, L4R9, L4S5, L4S7, L4S9", "stm32l4x"),
    Device(0x471, "stm32l4p5zg", "L4P5, L4Q5", "stm32l4x"),
    Device(0x494, "stm32wb15cc", "WB10, WB15", "stm32l4x"),
    Device(0x495, "stm32wb55rg", "WB50, WB55", "stm32l4x"),
    Device(0x497, "stm32wle5jc", "WL54, WL55, WLE4, WLE5", "stm32l4x"),
    Device(0x459, "stm32u031c8", "U031", "stm32l4x"),
    Device(0x489, "stm32u083rc", "U073, U083", "stm32l4x"),
    Device(0x450, "stm32h743zi", "H742, H743, H745, H747, H750, H753, H755, H757", "stm32h7x"),
    Device(0x480, "stm32h7a3zi", "H7A3, H7B0, H7B3", "stm32h7x"),
    Device(0x483, "stm32h723zg", "H723, H725, H730, H733, H735", "stm32h7x"),
    Device(0x485, "stm32h7s3l8", "H7R3, H7R7, H7S3, H7S7", "stm32h7x", "interface/stlink-dap.cfg", locks=False),
    Device(0x472, "stm32l552ze", "L552, L562", "stm32l4x"),
    Device(0x482, "stm32u575zi", "U575, U585", "stm32l4x"),
    Device(0x454, "stm32u375rg", "U375, U385", "stm32l4x"),
    Device(0x42A, "stm32u3c5zi", "U3B5, U3C5", "stm32l4x"),
    Device(0x481, "stm32u5a5zj", "U595, U599, U5A5, U5A9", "stm32l4x"),
    Device(0x455, "stm32u545re", "U535, U545", "stm32l4x"),
    Device(0x476, "stm32u5g9zj", "U5F7, U5F9, U5G7, U5G9", "stm32l4x"),
    Device(0x496, "stm32wb35cc", "WB30, WB35", "stm32l4x"),
    Device(0x4B2, "stm32wba25ce", "WBA20, WBA23, WBA25", "stm32l4x", "interface/stlink-dap.cfg"),
    Device(0x492, "stm32wba55cg", "WBA50, WBA52, WBA54, WBA55", "stm32l4x", "interface/stlink-dap.cfg"),
    Device(0x4B0, "stm32wba65ri", "WBA62, WBA63, WBA64, WBA65", "stm32l4x", "interface/stlink-dap.cfg"),
    Device(0x44C, "stm32c051c8", "C051", "stm32l4x"),
    Device(0x493, "stm32c071rb", "C071", "stm32l4x"),
    Device(0x44D, "stm32c092rc", "C091, C092", "stm32l4x"),
    Device(0x474, "stm32h503rb", "H503", "stm32h5x", "interface/stlink-dap.cfg", locks=False),
    Device(0x484, "stm32h563zi", "H562, H563, H573", "stm32h5x", "interface/stlink-dap.cfg", locks=False),
    Device(0x478, "stm32h533re", "H523, H533", "stm32h5x", "interface/stlink-dap.cfg", locks=False),
    Device(0x457, "stm32l011k4", "L010x3/x4, L011, L021", "stm32lx"),
    Device(0x425, "stm32l031k6", "L010x6, L031, L041", "stm32lx"),
    Device(0x417, "stm32l053r8", "L010x8, L051, L052, L053, L062, L063", "stm32lx"),
    Device(0x447, "stm32l073rz", "L010xB, L071, L072, L073, L081, L082, L083", "stm32lx"),
    Device(0x416, "stm32l152rb", "L100, L151, L152 of category 1", "stm32lx"),
    Device(0x429, "stm32l152rba", "L100, L151, L152 of category 2 (x6-A, x8-A, xB-A)", "stm32lx"),
    Device(0x427, "stm32l151rc", "L100, L151, L152, L162 of category 3 (xC)", "stm32lx"),
    Device(0x436, "stm32l152zd", "L151, L152, L162 of categories 3 (xC-A) and 4 (xD)", "stm32lx"),
    Device(0x437, "stm32l152re", "L151, L152, L162 of categories 5 (xE) and 6 (xD-X)", "stm32lx"),
]
