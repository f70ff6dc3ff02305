"""Measures the rows of the table, prints it and keeps every figure: what `make bench` runs.

    run.py --bin BUILT --tools .build/bench [--rows NAME …] [--rounds N] [--scale small|full]
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import growth
import hydration
import ledgers
import machine
import messages
import reduction
import report
from process import Failure
from rows import NotMeasured, Row, Sample, median
from workshop import ROOT, SCALES, Workshop, say

ROWS = hydration.ROWS + ledgers.ROWS + messages.ROWS + reduction.ROWS
GROWTH = "growth"
FAILED = report.FAILED


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=(
        "Measures replaylab beside its peers in one run, in turn, several rounds."))
    parser.add_argument("--bin", type=Path, required=True, help="the folder of the built programs")
    parser.add_argument("--tools", type=Path, required=True, help="the folder of the peers' tools")
    parser.add_argument("--rows", nargs="+", metavar="NAME", help="only these: " + ", ".join(
        [row.name for row in ROWS] + [GROWTH]), choices=[row.name for row in ROWS] + [GROWTH])
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (3)")
    parser.add_argument("--scale", choices=SCALES, default="full",
                        help="full: 20 million presses; small: one million")
    parser.add_argument("--work", type=Path, help="a folder for what is made, which stays; it is taken"
                        " up again by the next run, so make it anew when the programs change")
    parser.add_argument("--results", type=Path, help=(
        "where the figures go; without it, and measuring everything at full scale,"
        " Benchmarks/results.json, else .build/bench/results.json"))
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds takes 1 or more")
    return options


def kept(sample: Sample) -> dict[str, Any]:
    """A measurement as it is written down."""
    found = {"figure": sample.figure, "wallSeconds": sample.wall, "cpuSeconds": sample.cpu,
             "peakMB": sample.peak_mb, "privateMB": sample.private_mb}
    return {key: None if value is None else round(value, 6) for key, value in found.items()}


def side(samples: list[Sample]) -> dict[str, Any]:
    """One side of a row: its median, its greatest peaks, and every round."""
    def greatest(kind: str) -> float | None:
        found = [getattr(one, kind) for one in samples if getattr(one, kind) is not None]
        return round(max(found), 1) if found else None
    return {"median": round(median(samples), 6), "peakMB": greatest("peak_mb"),
            "privateMB": greatest("private_mb"), "rounds": [kept(one) for one in samples]}


def measured(row: Row, bench: Workshop, rounds: int) -> dict[str, Any]:
    """A row as it is written down; one that cannot be measured says why."""
    begin, load = time.monotonic(), machine.Load()
    found: dict[str, Any] = {"name": row.name, "title": row.title, "against": row.against,
                             "unit": row.unit, "basis": row.basis, "aim": row.aim,
                             "least": row.least}
    try:
        both = row.measure(bench, rounds)
    except NotMeasured as reason:
        say(f"  not measured: {reason}")
        return found | {"verdict": "not measured", "notes": [str(reason)]}
    except Failure as failure:
        # The other rows are worth half an hour; this one has no figures, and the run ends with 1.
        say(f"  failed: {failure}")
        return found | {"verdict": FAILED, "notes": [str(failure)]}
    ours, theirs = side(both.ours), side(both.theirs)
    ratio = row.ratio(ours["median"], theirs["median"])
    verdict = report.verdict(ratio, row.aim, ours["median"], row.least)
    say(f"  {ratio:.2f} times as fast, {verdict}; {time.monotonic() - begin:.0f} s in all")
    return found | {"ours": ours, "theirs": theirs, "ratio": round(ratio, 3), "verdict": verdict,
                    "notes": both.notes, "otherCores": round(load.others(), 2)}


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Everything that was asked for."""
    bench = Workshop(options.bin, options.tools, folder, SCALES[options.scale])
    begin, load = time.monotonic(), machine.Load()
    results: dict[str, Any] = machine.commit() | {
        "scale": options.scale, "sizes": dataclasses.asdict(bench.scale),
        "roundsEach": options.rounds, "machine": machine.machine(),
        "versions": machine.versions(bench), "rows": [], "growth": []}
    chosen = [row for row in ROWS if not options.rows or row.name in options.rows]
    for row in chosen:
        say(f"{row.title}, beside {row.against}")
        results["rows"].append(measured(row, bench, options.rounds))
    if not options.rows or GROWTH in options.rows:
        results["growth"] = growth.grow(bench, options.rounds)
    # A child's peak is at least what this process had when it started it.
    floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return results | {"seconds": round(time.monotonic() - begin),
                      "otherCores": round(load.others(), 2), "memoryFloorMB": round(floor, 1)}


def main() -> None:
    """Measures in a folder of its own, which goes away unless the user named it."""
    options = arguments()
    whole = options.scale == "full" and not options.rows
    path = options.results or (
        ROOT / "Benchmarks/results.json" if whole else options.tools / "results.json")
    if options.work:
        options.work.mkdir(parents=True, exist_ok=True)
        results = measure(options, options.work)
    else:
        # Under .build, since a folder for temporary files may be in memory or too small.
        with tempfile.TemporaryDirectory(prefix="work-", dir=options.tools) as folder:
            results = measure(options, Path(folder))
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(report.text(results))
    say(f"\nEvery figure is in {path}.")
    failed = [one["name"] for one in results["rows"] + results["growth"]
              if one.get("verdict") == FAILED]
    if failed:
        sys.exit(f"make bench: failed: {', '.join(failed)}; see above")


main()
