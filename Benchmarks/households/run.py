"""A year of more and more households: time, size and memory, beside inserting the same rows in C.

    run.py --bin BUILT [--households 1000 10000 100000] [--work FOLDER]

Each size is simulated once, by one process on two threads, and its rows are then inserted again by the
C loop of Benchmarks/rawloop, one row a statement, into a table of the same columns and indexes; the
loop's time is of inserting alone. Memory is what belongs to the process alone, looked at ten times a
second: its greatest in the first quarter of the run and in all of it, so that growth with time shows.
The largest ledger takes about 16 GB, twice, which must be free where FOLDER is (the build folder).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "suite"))

from process import Failure, run, status_kilobytes  # noqa: E402

BYTES_A_HOUSEHOLD = 400_000  # both ledgers of a household's year, with room to spare


def observed(command: list[str | Path]) -> tuple[float, list[tuple[float, int]]]:
    """Runs a program; its seconds, and (seconds since the start, kB of its own) ten times a second."""
    seen: list[tuple[float, int]] = []
    over = threading.Event()
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen([str(word) for word in command], stdout=said, stderr=said,
                                 stdin=subprocess.DEVNULL)

        def look() -> None:
            while not over.wait(0.1):
                seen.append((time.perf_counter() - begin,
                             status_kilobytes(f"/proc/{child.pid}/status", "RssAnon:")))
        watch = threading.Thread(target=look, daemon=True)
        watch.start()
        try:
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        except BaseException:
            child.kill()
            raise
        finally:
            wall = time.perf_counter() - begin
            over.set()
            watch.join()
            code = child.wait()
        if code != 0:
            said.seek(0)
            raise Failure(f"{command} ended with {code}: {said.read().decode()[-2000:]}")
    return wall, seen


def measured(bin: Path, folder: Path, households: int) -> str:
    """One size as a line of the table."""
    scenario = folder / "households.yaml"
    text = (HERE / "households.yaml").read_text()
    if text.count("count: 100000\n") != 1:
        raise Failure("households.yaml has no line `count: 100000`")
    scenario.write_text(text.replace("count: 100000\n", f"count: {households}\n"))
    ledger, copy = folder / "year.ledger", folder / "copy.db"
    wall, seen = observed([bin / "replaylab", "simulate", "--scenario", scenario, "--years", "1",
                           "--seed", "42", "--jobs", "2", "--ledger", ledger])
    size = ledger.stat().st_size
    rows, seconds = run([bin / "rawloop", "copy", ledger, copy]).output.split()
    for path in folder.iterdir():
        path.unlink()
    early = [kilobytes for when, kilobytes in seen if when < wall / 4]
    def megabytes(values: list[int]) -> str:
        return f"{max(values) / 1024:,.0f} MB" if values else "–"
    return (f"| {households:,} | {int(rows):,} | {wall:,.1f} s | {size / 1e6:,.0f} MB"
            f" | {size / int(rows):.1f} | {megabytes(early)} | {megabytes([k for _, k in seen])}"
            f" | {float(seconds):,.1f} s | {float(seconds) / wall:.2f} |")


def main() -> None:
    """Prints the table, a line as soon as it is measured."""
    parser = argparse.ArgumentParser(prog="scripts/bench-households", description=__doc__.split("\n")[0])
    parser.add_argument("--bin", type=Path, required=True, help="the folder of the built programs")
    parser.add_argument("--households", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--work", type=Path, default=HERE.parents[1] / ".build",
                        help="where the ledgers are made for a while")
    options = parser.parse_args()
    free, needed = shutil.disk_usage(options.work).free, max(options.households) * BYTES_A_HOUSEHOLD
    if free < needed:
        sys.exit(f"{options.work} has {free / 1e9:.0f} GB free; {max(options.households):,} households"
                 f" need about {needed / 1e9:.0f}: name another folder with --work, or fewer")
    print("| households | events | simulate | ledger | bytes an event | memory, first quarter"
          " | memory, all | C loop | ratio |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
          flush=True)
    for households in options.households:
        with tempfile.TemporaryDirectory(prefix="households-", dir=options.work) as folder:
            print(measured(options.bin, Path(folder), households), flush=True)


try:
    main()
except Failure as failure:
    sys.exit(f"bench-households: {failure}")
