#!/usr/bin/env python3
"""Holds the #include edges of src/ against the layer table below (drawn in src/README.md).

Arrows point down only: a file may include its own layer and the layers listed beside it. The libraries that belong to one
file or one layer (libusb, hidapi, Jim Tcl …) are held to their place in the same way. Prints each wrong edge; exits 1.
"""
import pathlib
import re
import sys

LAYERS = {
    "base": [],
    "image": ["base"],
    "wire": ["base"],
    "transport": ["base"],
    "adapter": ["base", "wire", "transport"],
    "dap": ["base", "adapter"],
    "target": ["base", "adapter", "dap"],
    "flash": ["base", "image", "adapter", "target"],
    "session": ["base", "image", "transport", "adapter", "dap", "target", "flash"],
    "commands": ["base", "image", "adapter", "dap", "target", "flash", "rtos", "session"],
    "rtos": ["base", "adapter", "target"],
    "server": ["base", "transport", "image", "adapter", "target", "flash", "session", "rtos", "commands"],
    # The virtual board must not share a fact with the drivers: it would agree with their mistakes.
    "vboard": ["base", "wire", "transport"],
}
# header → the only places below src/ that may include it
LIBRARIES = {
    r"libusb.*/libusb\.h|libusb\.h": ["transport/libusb_bus.cpp"],
    r"hidapi.*\.h": ["transport/hidapi_bus.cpp"],
    r"asio(/.*)?\.hpp": ["transport/asio_tcp.cpp", "vboard/serve/", "server/"],
    r"jim.*\.h": ["commands/"],
    r"libelf\.h|gelf\.h|elf\.h": ["image/"],
    r"spdlog/.*": ["base/"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def wrong_edges(src: pathlib.Path):
    for file in sorted(src.rglob("*.[ch]pp")):
        place = file.relative_to(src).as_posix()
        layer = place.split("/")[0]
        for bracket, header in INCLUDE.findall(file.read_text()):
            for pattern, homes in LIBRARIES.items():
                if re.fullmatch(pattern, header) and not place.startswith(tuple(homes)):
                    yield f"src/{place}: {header} belongs to {', '.join(homes)}"
            if bracket != '"' or "/" not in place:  # main.cpp joins everything
                continue
            used = header.split("/")[0]
            if used not in LAYERS:
                yield f'src/{place}: "{header}" is in no layer'
            elif used != layer and used not in LAYERS[layer]:
                yield f"src/{place}: {layer} may not include {used} ({header})"


def main() -> int:
    src = pathlib.Path(__file__).resolve().parent.parent / "src"
    edges = list(wrong_edges(src))
    print("\n".join(edges) or "every include goes down")
    return 1 if edges else 0


if __name__ == "__main__":
    sys.exit(main())
