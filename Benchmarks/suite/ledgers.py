"""Rows about ledgers: simulate, import, rebuild of a projection, and points in time with snapshots."""

from __future__ import annotations

import datetime
import random
import statistics
from pathlib import Path

from hydration import moment
from process import Failure, Finished, run
from rows import Measured, NotMeasured, Row, Sample, interleaved, pair, same
from workshop import ROOT, Workshop, clear, warm

IMPORT_PEER = ROOT / "Benchmarks/sqlite/import.py"
RECORDED = "2026-01-01T00:00:00Z"


def copied(bench: Workshop, source: Path, at_once: int = 1) -> Sample:
    """The C loop that inserts a ledger's rows, so many in a statement; the figure is of inserting alone,
    without reading them."""
    target = bench.folder / "copy.db"
    clear(target)
    done = run([bench.raw, "copy", source, target, str(at_once)])
    clear(target)
    words = done.output.split()
    return Sample.of(done, float(words[1]), int(words[0]))


def simulate(bench: Workshop, rounds: int, at_once: int) -> Measured:
    """Our whole process, generating and hashing included, beside inserting alone."""
    years = bench.scale.simulated_years
    source, made = bench.ledger(years), bench.folder / "simulated.ledger"

    def ours() -> Sample:
        done = bench.simulate(made, years, "--jobs", "1")
        clear(made)
        return Sample.of(done, answer=done.json()["head"])
    return pair(rounds, "rows inserted", ours, lambda: copied(bench, source, at_once),
                "ours is the whole process, which prepares batches on a thread of their own; the"
                " loop's time leaves reading its rows out",
                "the loop inserts the rows that simulate made")


def lines(bench: Workshop, ledger: Path, count: int | None = None) -> Path:
    """EventBridge lines of a ledger's events, the first so many of them."""
    def make(path: Path) -> None:
        run([bench.lab, "export", "--ledger", ledger, "--format", "eventbridge", "-o", path])
        if count is not None:
            cut(path, count)
    return bench.file(f"{ledger.stem}-{count or 'all'}.jsonl", make)


def cut(path: Path, count: int) -> None:
    """Keeps the first lines of a file; fails where there are fewer."""
    with path.open("rb+") as file:
        for number in range(count):
            if not file.readline():
                raise Failure(f"{path} has {number} lines, not {count}")
        file.truncate()


def imported(bench: Workshop, source: Path) -> Sample:
    """Our whole process; a copy of the ledger's file is of no use afterwards."""
    made = bench.folder / "imported.ledger"
    clear(made)
    done = run([bench.lab, "import", source, "--ledger", made, "--recorded", RECORDED])
    rows = int(run(["sqlite3", made, "SELECT count(*) FROM event"]).output)
    clear(made)
    return Sample.of(done, answer=rows)


def imported_by_python(bench: Workshop, source: Path) -> Sample:
    """orjson and sqlite3: the same inserts, no hashes, no checks."""
    made = bench.folder / "imported.db"
    clear(made)
    done = run([bench.python, IMPORT_PEER, source, made])
    clear(made)
    return Sample.of(done, answer=done.json()["rows"])


def import_lines(bench: Workshop, rounds: int) -> Measured:
    """A million lines, whole processes."""
    if not IMPORT_PEER.exists():
        raise NotMeasured(f"there is no {IMPORT_PEER.relative_to(ROOT)}")
    count = bench.scale.imported_lines
    source = lines(bench, bench.ledger(-(-count // 1_000_000)), count)
    return pair(rounds, "rows imported", lambda: imported(bench, source),
                lambda: imported_by_python(bench, source), "both inserted as many events")


def short_ledger(bench: Workshop) -> Path:
    """A ledger of the first events alone."""
    count = bench.scale.rebuilt_events

    def make(path: Path) -> None:
        source = bench.folder / "short.jsonl"
        run([bench.lab, "export", "--ledger", bench.ledger(1), "--format", "jsonl", "-o", source])
        cut(source, count)
        run([bench.lab, "import", source, "--ledger", path, "--recorded", RECORDED])
        source.unlink()
    return bench.file(f"events-{count}.ledger", make)


def sourced(bench: Workshop) -> Path:
    """The same presses in a database of the library's."""
    ledger = short_ledger(bench)
    return bench.file("events.eventsourcing", lambda path: run(
        [*bench.peer("sourcing.py"), "store", path, ledger]))


def totals(bench: Workshop, ledger: Path, *more: str | Path) -> Sample:
    """Our bowl totals with devices in place of feeders, as the library has them."""
    devices = bench.once(f"feeders of {ledger}", lambda: dict(
        line.split("|") for line in run(["sqlite3", ledger, (
            "SELECT c.detail ->> '$.feeder', d.name FROM registration r JOIN event e USING (sequence)"
            " JOIN content c ON c.code = e.content JOIN device d ON d.code = e.device")])
        .output.splitlines()))
    done = run([bench.lab, "hydrate", "--ledger", ledger, "--until", "head",
                "--projection", "bowl-totals", "--json", *more])
    bowls = done.json()["projections"]["bowl-totals"]["state"]["bowls"]
    rows = [[devices[bowl["feeder"]], bowl["bowl"], bowl["dispenses"], moment(bowl["lastDispense"])]
            for bowl in bowls if bowl["dispenses"]]
    return Sample.of(done, answer=sorted(rows))


def rebuild_in_store(bench: Workshop, rounds: int) -> Measured:
    """The projection kept in SQLite with its place in the history, by both."""
    ledger, database = short_ledger(bench), sourced(bench)
    store, view = bench.folder / "rebuilt.sqlite", bench.folder / "rebuilt.view"

    def ours() -> Sample:
        clear(store)
        return totals(bench, ledger, "--store", store)

    def theirs() -> Sample:
        clear(view)
        done = run([*bench.peer("sourcing.py"), "project", database, view])
        return Sample.of(done, answer=done.json())
    return pair(rounds, "bowls by device", ours, theirs, "all rows are the same",
                "the library commits each event with its tracking, ours the state with its checkpoint")


def rebuild_in_memory(bench: Workshop, rounds: int) -> Measured:
    """The log read and folded, nothing kept: less than a projection of the library does."""
    ledger, database = short_ledger(bench), sourced(bench)

    def theirs() -> Sample:
        done = run([*bench.peer("sourcing.py"), "rebuild", database])
        return Sample.of(done, answer=done.json())
    return pair(rounds, "bowls by device", lambda: totals(bench, ledger), theirs,
                "all rows are the same", "the start of the process is most of our time")


def points(bench: Workshop, count: int, years: int) -> list[tuple[str, str]]:
    """Random times of the history, to the second, each with a feeder; the same in every run."""
    draw, begin = random.Random(1), datetime.datetime(2020, 1, 1)
    seconds = int((begin.replace(year=2020 + years) - begin).total_seconds())
    return [((begin + datetime.timedelta(seconds=draw.randrange(seconds))).isoformat() + "Z",
             f"feeder-{draw.randrange(1, 586):04}") for _ in range(count)]


def with_snapshots(bench: Workshop, ledger: Path) -> tuple[Path, Finished]:
    """Another name for a ledger, beside which snapshots lie, and what they cost: the other rows must not
    find any."""
    def make() -> Finished:
        name.unlink(missing_ok=True)
        name.hardlink_to(ledger)
        return run([bench.lab, "snapshots", "--ledger", name, "--rebuild"])
    name = ledger.with_name(f"{ledger.stem}-snapshots.ledger")
    return name, bench.once(f"snapshots of {ledger}", make)


def visited(bench: Workshop, ledger: Path, places: list[tuple[str, str]], *more: str,
            one: bool = True) -> Sample:
    """One process a point; the figure is the mean of a point, the costs are of all together."""
    runs: list[Finished] = []
    warm(ledger)
    for time, feeder in places:
        runs.append(run([bench.lab, "hydrate", "--ledger", ledger, "--until", time,
                         "--digests", *(["--feeder", feeder] if one else []), *more]))
    private = [done.private_mb for done in runs if done.private_mb is not None]
    return Sample(
        statistics.mean(done.wall for done in runs), sum(done.wall for done in runs),
        sum(done.cpu for done in runs), max(done.peak_mb for done in runs),
        max(private) if private else None, [done.output for done in runs])


def until(bench: Workshop, rounds: int) -> Measured:
    """A feeder at random points with snapshots, beside hydrating everything up to some of them."""
    bench.need("snapshots")
    bench.need("hydrate", "--feeder", "--no-snapshots")
    ledger, made = with_snapshots(bench, bench.history)
    places = points(bench, bench.scale.points, bench.scale.years)
    few = places[:bench.scale.full_points]
    mine, other = interleaved(
        rounds, lambda: visited(bench, ledger, places),
        lambda: visited(bench, ledger, few, "--no-snapshots", one=False))
    same("digests of a feeder with snapshots and without", mine[0].answer[:len(few)],
         visited(bench, ledger, few, "--no-snapshots").answer)
    return Measured(mine, other, [
        f"mean of {len(places)} points, one process each; the full hydrate at the first {len(few)}",
        f"digests with snapshots and without are the same at {len(few)} points",
        f"the snapshots took {made.wall:.1f} s to make and {made.peak_mb:.0f} MB, their file is"
        f" {Path(f'{ledger}.snapshots').stat().st_size / 2**20:.0f} MB"])


def until_inside(bench: Workshop, rounds: int) -> Measured:
    """The same from the opening of the ledger to the digests, without the start of a process, both."""
    bench.need("snapshots")
    ledger, _ = with_snapshots(bench, bench.history)
    found = Measured([], [], [
        "points drawn by ledger-bench, which compares digests with snapshots and without;"
        " the full hydrate at every tenth; no peaks, since one process measures both"])
    for _ in range(rounds):
        done = run([bench.bin / "ledger-bench", "--bin", bench.bin, "--ledger", warm(ledger),
                    "--until", str(bench.scale.points)])
        said = done.json()
        for side, times in ((found.ours, said["snapshots"]), (found.theirs, said["full"])):
            side.append(Sample(statistics.mean(times), sum(times), None, None))
    return found


PROCESS = "seconds on the wall of the whole process, both"

ROWS = [
    Row("rebuild", "rebuild of a projection, kept in SQLite", "eventsourcing (Python)",
        PROCESS, rebuild_in_store, aim=200),
    Row("rebuild-log", "the same, only in memory", "eventsourcing, its log alone",
        PROCESS, rebuild_in_memory),
    Row("simulate", "simulate into a ledger", "C loop, same rows and indexes",
        "seconds on the wall: our whole process, the loop's inserts",
        lambda bench, rounds: simulate(bench, rounds, 1), aim=0.8),
    Row("simulate-64", "simulate into a ledger", "C loop, 64 rows a statement",
        "seconds on the wall: our whole process, the loop's inserts",
        lambda bench, rounds: simulate(bench, rounds, 64), aim=0.8),
    Row("import", "import of EventBridge lines", "Python, orjson and sqlite3", PROCESS,
        import_lines, aim=4),
    Row("until", "a feeder at a random point, snapshots", "full hydrate, no snapshots",
        "seconds on the wall of the whole process, mean of a point", until, aim=50),
    Row("until-inside", "the same, without starting a process", "full hydrate, no snapshots",
        "seconds on the wall from opening to the digests, mean of a point", until_inside, aim=50),
]
