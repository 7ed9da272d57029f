"""The manual as HTML: well-formed, every command in it, no link into nothing."""
from html.parser import HTMLParser

from support.probity import BUILD, run

PAGE = BUILD.parent / "share/doc/probity/probity.html"
VOID = {"meta", "br", "hr", "link", "img"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.terms, self.wrong = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            elif name == "href":
                self.links.append(value)
        if tag == "dt":
            self.terms.append("")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append((tag, self.getpos()))

    def handle_data(self, data):
        if "dt" in self.open:
            self.terms[-1] += data


def read() -> Reader:
    reader = Reader()
    reader.feed(PAGE.read_text())
    return reader


def test_it_is_well_formed():
    reader = read()
    assert reader.wrong == [] and reader.open == []
    assert len(set(reader.ids)) == len(reader.ids)
    assert [link for link in reader.links if link.removeprefix("#") not in reader.ids] == []
    assert "@" not in PAGE.read_text()


def test_every_command_and_what_is_left_out():
    terms = {" ".join(term.split()) for term in read().terms}
    lines = run("-c", "usage", "-c", "shutdown").lines[2:-1]
    commands = [" ".join(line.split()) for line in lines if len(line) - len(line.lstrip()) < 6 and " " in line.strip()]
    assert len(commands) > 200
    assert [text for text in commands if not any(term.startswith(text) for term in terms)] == []
    for name in ("svf", "nand device", "pld init", "riscv"):
        assert name in terms
