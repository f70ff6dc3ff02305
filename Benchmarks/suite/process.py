"""Runs one program to its end and says what it cost, by the kernel's account."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Sequence

Words = Sequence[str | Path]


class Failure(Exception):
    """A program did not do what the benchmark needs of it."""


@dataclass
class Finished:
    """A process that ran to its end. `cpu` is of user and kernel together, in seconds.

    `peak_mb` is the kernel's greatest resident set: mapped files count, and so does, at first, what
    the process that started it had. `private_mb` is the greatest anonymous part that was seen by
    looking every 10 ms, so it is None of a process that was over sooner.
    """

    output: str
    wall: float
    cpu: float
    peak_mb: float
    private_mb: float | None

    def json(self) -> dict[str, Any]:
        """The one JSON object that it printed."""
        try:
            return json.loads(self.output)
        except json.JSONDecodeError as error:
            raise Failure(f"no JSON, {error}: {self.output[:300]}") from error


class Watch(threading.Thread):
    """Looks at a process's anonymous memory every 10 ms, until told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.path = f"/proc/{pid}/status"
        self.over = threading.Event()
        self.kilobytes = 0

    def run(self) -> None:
        while not self.over.wait(0.01):
            self.kilobytes = max(self.kilobytes, status_kilobytes(self.path, "RssAnon:"))

    def end(self) -> float | None:
        self.over.set()
        self.join()
        return self.kilobytes / 1024 if self.kilobytes else None


def status_kilobytes(path: str, key: str) -> int:
    """A line of a process's status, in kB; 0 where the process has no memory any more."""
    try:
        with open(path, encoding="ascii") as lines:
            for line in lines:
                if line.startswith(key):
                    return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def run(command: Words, expecting: int = 0) -> Finished:
    """Runs a program; its output goes to a file, so that no pipe slows it."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        child = subprocess.Popen(words, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        watch = Watch(child.pid)
        watch.start()
        try:
            # Not reaped yet: until the watch has ended, the number must not be another process's.
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            wall = time.perf_counter() - begin
        except BaseException:
            child.kill()
            raise
        finally:
            private = watch.end()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        output = out.read().decode()
        if child.returncode != expecting:
            err.seek(0)
            raise Failure(f"{' '.join(words)} ended with {child.returncode}, not {expecting}:"
                          f" {err.read().decode()[-2000:]}{output[-500:]}")
    return Finished(output, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, private)
