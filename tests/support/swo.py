"""What tests/firmware/swo speaks through the ITM, and the commands that let a debugger hear it."""
from support.probity import SOURCE

ELF = SOURCE / "tests/firmware/swo/swo.elf"
CLOCK = 16_000_000  # the chip's clock from reset
PROGRAM = ["itm port 0 on", "init", "reset halt", f"flash write_image erase {{{ELF}}}"]
RUN = ["reset run", "sleep 300"]


def line(number: int) -> bytes:
    """Packets of port 0: a word, bytes, and a half-word."""
    return b"\x03line" + b"".join(bytes([1, c]) for c in f" {number:04}".encode()) + b"\x02\r\n"


ALL = b"".join(line(number) for number in range(100))


def enable(output: str, pin=2_000_000, clock=CLOCK, more="") -> str:
    return (f"stm32f4x.tpiu configure -protocol uart -traceclk {clock} -pin-freq {pin} -output {output} -formatter off {more}; "
            "stm32f4x.tpiu enable")
