"""Small firmwares put together in a test: an application that does what it can to disturb the next programming."""
import struct

from support.firmware import pattern

BASE = 0x08000000


class Thumb:
    """Code for a test, put together from halfwords; 32-bit constants go into a pool behind it."""

    def __init__(self):
        self.code: list[int | tuple[int, int]] = []

    def load(self, register: int, value: int):
        self.code.append((register, value))
        return self

    def put(self, *halfwords: int):
        self.code += halfwords
        return self

    def store(self, base: int, value: int):
        """*base = value, by r0 and r1."""
        return self.load(0, base).load(1, value).put(0x6001)  # str r1, [r0]

    def image(self, size: int, seed: int) -> bytes:
        """A vector table at BASE, the code behind it, then a pattern up to `size`. Every exception ends in `bx lr`."""
        at, pool, words = 0x40, [], list(self.code) + [0x4770]
        length = (len(words) + 1) // 2 * 2
        code = b""
        for index, word in enumerate(words):
            if isinstance(word, tuple):
                pc = (at + 2 * index + 4) & ~3
                target = at + 2 * length + 4 * len(pool)
                pool.append(word[1])
                word = 0x4800 | word[0] << 8 | (target - pc) // 4  # ldr r, [pc, #…]
            code += struct.pack("<H", word)
        code += b"\x00\xbf" * (length - len(words))
        handler = BASE + at + 2 * (len(words) - 1) | 1
        vectors = struct.pack("<16I", 0x20002000, BASE + at | 1, *[handler] * 14)
        whole = vectors + code + struct.pack(f"<{len(pool)}I", *pool)
        return whole + pattern(size - len(whole), seed)


def independent_watchdog(feed: bool) -> Thumb:
    """IWDG (RM0090): prescaler /4, reload 0xD0, 26 ms at 32 kHz; fed, or left to bite."""
    code = Thumb().store(0x40003000, 0x5555).store(0x40003004, 0).store(0x40003008, 0xD0).store(0x40003000, 0xCCCC)
    code.load(0, 0x40003000).load(1, 0xAAAA)
    return code.put(0x6001, 0xE7FD) if feed else code.put(0xE7FE)  # str r1, [r0]; b back  |  b .


def busy_systick() -> Thumb:
    """SysTick every 200 cycles, all its interrupts taken, and PRIMASK left alone."""
    return Thumb().store(0xE000E014, 200).store(0xE000E010, 7).put(0xE7FE)


def sleeper() -> Thumb:
    return Thumb().put(0xBF30, 0xE7FD)  # wfi; b back


def stopper() -> Thumb:
    """SCR.SLEEPDEEP: WFI is Stop mode then."""
    return Thumb().store(0xE000ED10, 4).put(0xBF30, 0xE7FD)
