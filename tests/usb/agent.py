"""Runs in the guest: executes commands that the host sends over TCP, each in a thread of its own.

A request is a line of JSON: {"id", "argv", "cwd", "user", "timeout"}; its answer {"id", "status", "output"} comes when the
command has ended. A negative status is the signal that ended it; null means that the time was over and it was killed."""
import json
import os
import pwd
import socket
import subprocess
import sys
import threading


def become(user: str):
    """Takes over the user's rights, with the groups the user is in now."""
    entry = pwd.getpwnam(user)

    def change():
        os.initgroups(user, entry.pw_gid)
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)

    return change


def execute(request: dict) -> dict:
    try:
        user = request["user"]
        process = subprocess.Popen(request["argv"], cwd=request["cwd"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, preexec_fn=become(user) if user else None, start_new_session=True)
    except (OSError, KeyError) as problem:
        return {"status": 127, "output": f"{request['argv'][0]}: {problem}"}
    try:
        output, _ = process.communicate(timeout=request["timeout"])
        status = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        output, _ = process.communicate()
        status = None
    return {"status": status, "output": output.decode(errors="replace")}


def main():
    with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
        lock = threading.Lock()

        def answer(request):
            line = json.dumps({"id": request["id"], **execute(request)}).encode() + b"\n"
            with lock:
                connection.sendall(line)

        for line in connection.makefile("rb"):
            threading.Thread(target=answer, args=(json.loads(line),), daemon=True).start()
    # The first process must not end before the machine does; the host ends the machine.


main()
