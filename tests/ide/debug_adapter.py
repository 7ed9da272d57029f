"""A client of a debug adapter: the side of the Debug Adapter Protocol that an IDE is."""
import json
import os
import pathlib
import queue
import subprocess
import threading

from support.probity import BUILD

ADAPTER = pathlib.Path(os.environ.get("IDE_ADAPTER", BUILD.parent / "ide")) / "node_modules/cdt-gdb-adapter/dist/debugTargetAdapter.js"
SECONDS = 20


class DebugAdapter:
    """cdt-gdb-adapter's adapter for remote targets, as its own process."""

    def __init__(self):
        assert ADAPTER.exists(), f"{ADAPTER} is missing: tests/ide/fetch.py {ADAPTER.parents[3]}"
        self.process = subprocess.Popen(["node", ADAPTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.sent = 0
        self.messages: queue.Queue = queue.Queue()
        self.events: list[dict] = []  # come, but not asked for yet
        self.responses: dict[int, dict] = {}
        self.output = ""  # what the IDE would show: its console, the server's log
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while header := self.process.stdout.readline():
            length = int(header.split(b":")[1])
            self.process.stdout.readline()
            self.messages.put(json.loads(self.process.stdout.read(length)))
        self.messages.put({"type": "end"})

    def _take_next(self):
        try:
            message = self.messages.get(timeout=SECONDS)
        except queue.Empty:
            raise AssertionError(f"the debug adapter says nothing for {SECONDS} s; so far:\n{self.output}") from None
        assert message["type"] != "end", f"the debug adapter ended:\n{self.output}"
        if message["type"] == "response":
            self.responses[message["request_seq"]] = message
        elif message["type"] == "event" and message["event"] == "output":
            self.output += message["body"]["output"]
        elif message["type"] == "event":
            self.events.append(message)

    def send(self, command: str, **arguments) -> int:
        self.sent += 1
        body = json.dumps({"seq": self.sent, "type": "request", "command": command, "arguments": arguments}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()
        return self.sent

    def response(self, request: int) -> dict:
        """The body of the answer to a request sent; it must be a success."""
        while request not in self.responses:
            self._take_next()
        message = self.responses.pop(request)
        assert message["success"], f"{message}\n{self.output}"
        return message.get("body", {})

    def request(self, command: str, **arguments) -> dict:
        return self.response(self.send(command, **arguments))

    def event(self, name: str) -> dict:
        """The body of the next event of this name, come already or awaited."""
        while not (found := [message for message in self.events if message["event"] == name]):
            self._take_next()
        self.events.remove(found[0])
        return found[0].get("body", {})

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
