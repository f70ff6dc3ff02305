"""On what the figures were measured: machine, versions, commit, and who else used the cores."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import resource
import sqlite3
import subprocess
import time
from pathlib import Path

from workshop import ROOT, Workshop


def line(*words: str | Path, take: str = r"(.+)") -> str:
    """What a program prints first that the pattern finds; an empty text where it finds nothing."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, text=True)
    found = re.search(take, done.stdout or done.stderr)
    return found[1].strip() if found else ""


def field(path: str, key: str) -> str:
    """The value of a line `key : value` of a file of /proc."""
    for text in Path(path).read_text(encoding="utf-8").splitlines():
        name, _, value = text.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""


def machine() -> dict[str, object]:
    """Processor, cores that may be used, memory and kernel."""
    return {
        "processor": field("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memoryMB": int(field("/proc/meminfo", "MemTotal").split()[0]) // 1024,
        "kernel": platform.release(),
    }


def versions(bench: Workshop) -> dict[str, str]:
    """Of everything that takes part."""
    found = {
        "swift": line("swift", "--version", take=r"Swift version (\S+)"),
        "sqlite": line("sqlite3", "--version", take=r"(\S+)"),
        "mosquitto": line("/usr/sbin/mosquitto", "-h", take=r"mosquitto version (\S+)"),
        "cc": line("cc", "--version"),
        "python": platform.python_version(),
        "pythonSQLite": sqlite3.sqlite_version,
    }
    return found | {name: importlib.metadata.version(name)
                    for name in ("duckdb", "numpy", "eventsourcing", "orjson")}


def commit() -> dict[str, object]:
    """What was measured; results themselves may differ, since they are committed after it."""
    changed = line("git", "status", "--porcelain", "--", ".", ":!Benchmarks/results.json",
                   ":!docs/performance.md")
    return {"commit": line("git", "rev-parse", "HEAD"), "clean": changed == "",
            "date": line("git", "log", "-1", "--format=%cI")}


class Load:
    """How much of the cores went to processes that are not the benchmark's, from here on."""

    def __init__(self) -> None:
        self.begin = (time.monotonic(), self.busy(), self.own())

    @staticmethod
    def busy() -> float:
        """Seconds that all cores were busy since the machine started."""
        fields = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
        user, nice, system, _, _, irq, softirq, steal = fields[:8]
        return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def own() -> float:
        """Processor seconds of this process and of all that it waited for."""
        return sum(usage.ru_utime + usage.ru_stime for usage in map(
            resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))

    def others(self) -> float:
        """Cores that others used on the average: 0 on a quiet machine, 1 for one core all the time."""
        wall, busy, own = self.begin
        passed = time.monotonic() - wall
        return max(0.0, (self.busy() - busy - (self.own() - own)) / passed) if passed > 0 else 0.0
