"""How time and memory grow: the same at 1, 4, 16 and 64 times the size, and the fitted exponent."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import brokers
from hydration import duckdb, our_bowls, shell_bowls, stated
from ledgers import (IMPORT_PEER, copied, imported, imported_by_python, lines, points, short_ledger,
                     sourced, visited, with_snapshots)
from messages import first_rules, matched, replayed, sent
from process import Failure, run
from report import FAILED
from rows import Sample, interleaved
from workshop import SCENARIO, Workshop, clear, say

TIMES = (1, 4, 16, 64)


@dataclass(frozen=True)
class Series:
    """One thing at several sizes: `measure(size)`, where a size is of `unit`."""

    name: str
    unit: str
    sizes: list[int]
    measure: Callable[[int], Sample]


def exponent(sizes: list[int], figures: list[float]) -> float:
    """The slope of a line through the points on logarithmic axes, by least squares.

    1 is in proportion to the size, 0 not at all.
    """
    x, y = [math.log(size) for size in sizes], [math.log(figure) for figure in figures]
    return statistics.linear_regression(x, y).slope


def grown(bench: Workshop, years: int) -> Path:
    """A ledger of few feeders over so many years: the same feeders, a longer history."""
    def scenario(path: Path) -> None:
        text = SCENARIO.read_text()
        path.write_text(text.replace("count: 585", f"count: {bench.scale.growth_feeders}"))
    file = bench.file("growth.yaml", scenario)
    return bench.file(f"growth-{years}.ledger",
                      lambda path: bench.simulate(path, years, scenario=file))


def hydrations(bench: Workshop) -> list[Series]:
    """The first part of the long history; processor seconds from opening to the results."""
    head = bench.head(bench.history)
    sizes = [head * times // TIMES[-1] for times in TIMES]

    def ours(ledger: Path, *more: str) -> Callable[[int], Sample]:
        return lambda size: stated(
            bench, ledger, 1, "--first", str(size), *more, basis="processor")
    return [
        Series("hydrate both results, index", "events", sizes, ours(bench.history)),
        Series("DuckDB, both results", "events", sizes,
               lambda size: duckdb(bench, 1, "offsets", "processor", size)),
        Series("hydrate bowl totals, index", "events", sizes, ours(bench.history, "--bowls-only")),
        Series("hydrate bowl totals, rows", "events", sizes,
               ours(bench.history_of_rows, "--bowls-only")),
        Series("hydrate both results, rows", "events", sizes, ours(bench.history_of_rows)),
        Series("bowls by feeder, index, process", "events", sizes,
               lambda size: our_bowls(bench, bench.history, f"seq:{size}")),
        Series("sqlite3 shell, bowls by feeder", "events", sizes,
               lambda size: shell_bowls(bench, bench.history_of_rows, size)),
    ]


def rebuilds(bench: Workshop) -> list[Series]:
    """The first part of a short history, in memory; whole processes on the wall."""
    ledger, database = short_ledger(bench), sourced(bench)
    sizes = [bench.scale.rebuilt_events * times // TIMES[-1] for times in TIMES]
    return [
        Series("rebuild of bowl totals", "events", sizes,
               lambda size: our_bowls(bench, ledger, f"seq:{size}")),
        Series("eventsourcing, log in memory", "events", sizes, lambda size: Sample.of(
            run([*bench.peer("sourcing.py"), "rebuild", database, str(size)]))),
    ]


def histories(bench: Workshop) -> list[Series]:
    """Histories of the same feeders, 1 to 64 years; whole processes on the wall."""
    ledgers = {bench.head(ledger): (years, ledger) for years in TIMES
               for ledger in [grown(bench, years)]}
    sizes, made = list(ledgers), bench.folder / "grown.ledger"

    def simulate(size: int) -> Sample:
        done = bench.simulate(made, ledgers[size][0], scenario=bench.folder / "growth.yaml")
        clear(made)
        return Sample.of(done)

    def of(measure: Callable[[Workshop, Path], Sample]) -> Callable[[int], Sample]:
        return lambda size: measure(bench, ledgers[size][1])

    def verify(bench: Workshop, ledger: Path) -> Sample:
        return Sample.of(run([bench.lab, "verify", "--ledger", ledger]))
    found = [
        Series("simulate", "events", sizes, simulate),
        Series("C loop, the same rows", "events", sizes, of(copied)),
        Series("import", "events", sizes, of(
            lambda bench, ledger: imported(bench, lines(bench, ledger)))),
        Series("replay in memory, audited", "events", sizes, of(replayed)),
        Series("verify", "events", sizes, of(verify)),
    ]
    if IMPORT_PEER.exists():
        found.insert(3, Series("Python import", "events", sizes, of(
            lambda bench, ledger: imported_by_python(bench, lines(bench, ledger)))))
    return found + snapshots(bench, {size: ledger for size, (_, ledger) in ledgers.items()})


def snapshots(bench: Workshop, ledgers: dict[int, Path]) -> list[Series]:
    """One feeder at random points of the same histories; the mean of a point."""
    if not bench.has("snapshots") or not bench.has("hydrate", "--feeder", "--no-snapshots"):
        say("  growth of points in time: not measured, this replaylab has no `snapshots`")
        return []
    named = {size: with_snapshots(bench, ledger)[0] for size, ledger in ledgers.items()}
    years = dict(zip(ledgers, TIMES))

    def visit(size: int) -> Sample:
        places = [(time, "feeder-0001") for time, _ in points(bench, 10, years[size])]
        return visited(bench, named[size], places)
    return [Series("a feeder at a point, snapshots", "events", list(ledgers), visit)]


def rules(bench: Workshop) -> list[Series]:
    """Microseconds an event against ever more rules."""
    def of(source: str) -> Callable[[int], Sample]:
        def measure(size: int) -> Sample:
            sample = matched(bench, first_rules(bench, source, size), times=1)
            sample.figure = 1 / sample.figure
            return sample
        return measure
    sizes = [4 * times for times in TIMES]
    return [Series("an event, mixed rules", "rules", sizes, of("rules.jsonl")),
            Series("an event, exact rules", "rules", sizes, of("rules-exact.jsonl"))]


def messages(bench: Workshop) -> list[Series]:
    """Messages through a broker that is started for each size, so that its peak is of that size."""
    sizes = [bench.scale.messages * 2 * times // TIMES[-1] for times in TIMES]

    def of(quality: int) -> Callable[[int], Sample]:
        def measure(size: int) -> Sample:
            with brokers.ours(bench.lab, bench.folder) as broker:
                sample = sent(bench, broker, ["tput", "-q", str(quality), "-n", str(size)])
            sample.figure = size / sample.figure
            return sample
        return measure
    return [Series("MQTT, QoS 0", "messages", sizes, of(0)),
            Series("MQTT, QoS 1", "messages", sizes, of(1))]


def grow(bench: Workshop, rounds: int) -> list[dict[str, Any]]:
    """Measures every series, the sizes of each in turn, and fits it."""
    found: list[dict[str, Any]] = []
    for group in (hydrations, rebuilds, histories, rules, messages):
        try:
            for one in group(bench):
                say(f"  growth: {one.name}")
                found.append(fitted(one, rounds))
        except Failure as failure:
            say(f"  growth, {group.__name__}: failed: {failure}")
            found.append({"name": group.__name__, "verdict": FAILED, "notes": [str(failure)]})
    return found


def fitted(series: Series, rounds: int) -> dict[str, Any]:
    """One series as it is kept: medians and greatest peaks by size, and the exponent of the times."""
    measured = interleaved(
        rounds, *((lambda size=size: series.measure(size)) for size in series.sizes))
    seconds = [statistics.median(one.figure for one in samples) for samples in measured]

    def greatest(kind: str) -> list[float | None]:
        peaks = [[getattr(one, kind) for one in samples if getattr(one, kind) is not None]
                 for samples in measured]
        return [round(max(one), 1) if one else None for one in peaks]
    return {"name": series.name, "unit": series.unit, "sizes": series.sizes, "seconds": seconds,
            "exponent": round(exponent(series.sizes, seconds), 3),
            "peakMB": greatest("peak_mb"), "privateMB": greatest("private_mb")}
