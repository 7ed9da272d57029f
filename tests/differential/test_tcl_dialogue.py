"""A client of the Tcl port: 46 requests, side by side with stock OpenOCD 0.12 on the same virtual chip."""
from support.served import FREE_PORTS, Served, ours
from support.stock import HLA_V2_1, OPENOCD

DIALOGUE = [
    "reset halt", "tcl_notifications on", "resume", "halt", "step", "reset halt", "tcl_notifications off", "resume", "halt",
    "mww 0x20000000 0x12345678", "mdw 0x20000000", "mdb 0x20000000 3", "capture {mdw 0x20000000 2}", "read_memory 0x20000000 32 2",
    "write_memory 0x20000010 8 {1 2 3}", "read_memory 0x20000010 8 3", "set a 5", "set a", "set a 1;set b 2", "echo hi", "return bar",
    "error foo", "nonsense", "", "catch {error foo} r", "set r", "expr {6 * 7}", "llength {1 2 3}", "string repeat x 50",
    "proc f {x} {return <$x>}", "f 1", "f", "target names", "target current", "stm32f4x.cpu curstate", "get_reg {pc}",
    "set_reg {r0 0x1234}", "get_reg {r0 r1}", "flash list", "info exists nothing", "set d {two\nlines}", "poll off", "poll on",
    "tcl_trace on", "tcl_trace off", "targets",
]


def replies(server):
    """Each request's messages: notifications, then the reply."""
    tcl = server.tcl()
    all_replies = []
    for request in DIALOGUE:
        tcl.send(request)
        messages = [tcl.message()]
        while messages[-1].startswith("type target_"):
            messages.append(tcl.message())
        all_replies.append(messages)
    return all_replies


def test_the_same_dialogue(vboard, tmp_path):
    board = HLA_V2_1.start(vboard, "stm32f407vg")
    words = [OPENOCD, *HLA_V2_1.words(board), "-f", "target/stm32f4x.cfg", "-c", FREE_PORTS, "-c", "init"]
    with Served(words, cwd=tmp_path) as stock:
        theirs = replies(stock)
    with ours("init", chip="stm32f407vg,probe=stlink-v2-1", transport="hla_swd", cwd=tmp_path) as server:
        mine = replies(server)
    different = [f"{request}\n  stock {a}\n  ours  {b}" for request, a, b in zip(DIALOGUE, theirs, mine) if a != b]
    assert not different, "\n".join(different)
