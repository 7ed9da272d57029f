"""Stock OpenOCD captures from our probes' SWO what the firmware says, byte for byte."""
import pytest

from support import stock, swo
from support.stock import DAPDIRECT, HLA_V2_1, Wire

# Over HLA, `reset run` starts the capture anew once the chip runs already (measured): what it says until then is lost.
RUN = ["reset halt", "resume", "sleep 300"]
WIRES = [HLA_V2_1, Wire("dapdirect-v2-1", **DAPDIRECT), Wire("hla-v3", probe="stlink-v3"),
         Wire("dapdirect-v3", probe="stlink-v3", **DAPDIRECT)]


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
def test_captured_whole(vboard, tmp_path, wire):
    board = wire.start(vboard, "stm32f407vg")
    out = tmp_path / "out.bin"
    pin = 4_000_000 if wire.probe == "stlink-v3" else 2_000_000
    result = stock.run(board, wire, swo.enable(f"{{{out}}}", pin), *swo.PROGRAM, *RUN, "stm32f4x.tpiu disable", "shutdown")
    assert result.status == 0, result.text
    assert out.read_bytes() == swo.ALL, result.text


def test_another_rate_is_garbage_there_too(vboard, tmp_path):
    board = HLA_V2_1.start(vboard, "stm32f407vg")
    out = tmp_path / "out.bin"
    result = stock.run(board, HLA_V2_1, swo.enable(f"{{{out}}}", clock=24_000_000), *swo.PROGRAM, *RUN, "shutdown")
    assert result.status == 0, result.text
    assert out.read_bytes() and b"line" not in out.read_bytes()
