"""Our broker and Debian's mosquitto on loopback, side by side, each with its own settings."""

from __future__ import annotations

import contextlib
import getpass
import random
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from process import Failure, status_kilobytes

CONFIGURATION = """listener {port} 127.0.0.1
listener 0 {socket}
allow_anonymous true
set_tcp_nodelay true
persistence false
log_dest none
user {user}
"""


@dataclass(frozen=True)
class Broker:
    """A broker that runs: the number of its process, its port and its Unix socket."""

    name: str
    pid: int
    port: int
    socket: Path

    def peak_mb(self) -> float:
        """Its greatest resident set since it began."""
        return status_kilobytes(f"/proc/{self.pid}/status", "VmHWM:") / 1024


def answers(port: int) -> bool:
    """Whether somebody listens at a port of loopback."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextlib.contextmanager
def ours(lab: Path, folder: Path) -> Iterator[Broker]:
    """Our broker, on a free port, for as long as the block runs."""
    place, said = folder / "replaylab.sock", folder / "replaylab.out"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [lab, "broker", "--port", "0", "--unix", place], stdout=out, stdin=subprocess.DEVNULL)
    try:
        for _ in range(100):
            text = said.read_text()
            if "mqtt://127.0.0.1:" in text and "\n" in text.split("mqtt://127.0.0.1:")[1]:
                port = int(text.split("mqtt://127.0.0.1:")[1].split()[0])
                break
            if process.poll() is not None:
                raise Failure(f"our broker ended with {process.returncode}: {text}")
            time.sleep(0.05)
        else:
            raise Failure(f"our broker does not say where it listens: {said.read_text()}")
        yield Broker("replaylab", process.pid, port, place)
    finally:
        end(process)


@contextlib.contextmanager
def mosquitto(folder: Path) -> Iterator[Broker]:
    """mosquitto, with TCP_NODELAY, without which it stalls.

    It cannot take a free port by itself, and another may take one between our finding and its
    binding it: then it ends, and the next one is tried.
    """
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    place, configuration = folder / "mosquitto.sock", folder / "mosquitto.conf"
    for _ in range(20):
        port = random.randrange(20_000, 30_000)
        if answers(port):
            continue
        configuration.write_text(
            CONFIGURATION.format(port=port, socket=place, user=getpass.getuser()))
        process = subprocess.Popen(
            [program, "-c", configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(100):
                if process.poll() is not None:
                    break
                if answers(port):
                    yield Broker("mosquitto", process.pid, port, place)
                    return
                time.sleep(0.05)
        finally:
            end(process)
    raise Failure("mosquitto does not start: try `mosquitto -v` and see what it says")


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process of ours and waits for it."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
