"""Rows about hydration: from the replay index and from rows, beside DuckDB, C and the sqlite3 shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from process import Failure, run
from rows import Measured, Row, Sample, interleaved, median, pair, same
from workshop import ROOT, Workshop, warm

DUCKDB = ROOT / "Benchmarks/duckdb/compare.py"

# The bowls of every feeder from a ledger's own tables, counted by content first, since a content names
# device and click: it takes the time of one GROUP BY content. Left to itself, SQLite's planner makes
# an index of all events for the join with the feeders and takes four times as long. No feeder of this
# history moves.
BOWLS = """
WITH feeder AS MATERIALIZED (
  SELECT c.device, c.detail ->> '$.feeder' AS name, c.detail -> '$.bowls' AS grams
  FROM registration r JOIN event e USING (sequence) JOIN content c ON c.code = e.content),
counted AS MATERIALIZED (SELECT content, count(*) AS n, max(time) AS last FROM event GROUP BY content),
bowl(click, side) AS (VALUES ('SINGLE', 'left'), ('DOUBLE', 'right'), ('LONG', 'left'), ('LONG', 'right'))
SELECT name, side, sum(n), sum(n * (grams ->> ('$.' || side))), max(last)
FROM counted CROSS JOIN content c ON c.code = counted.content
JOIN text s ON s.code = c.source AND s.body = 'com.feedmyfurbabies'
JOIN bowl ON click = c.detail ->> '$.click-type'
JOIN feeder USING (device)
GROUP BY name, side ORDER BY name, side
"""


def stated(bench: Workshop, ledger: Path, jobs: int, *more: str, basis: str) -> Sample:
    """A hydration of a ledger by ledger-bench, which states the seconds from opening to the results."""
    done = run([bench.bin / "ledger-bench", "--bin", bench.bin, "--ledger", warm(ledger),
                "--once", str(jobs), *more])
    said = done.json()
    return Sample.of(done, said[basis], said["sums"])


def tables(bench: Workshop) -> Path:
    """The presses as a native table of DuckDB, after every row of its results was found to be ours."""
    def make(path: Path) -> None:
        folder = bench.folder / "duckdb-made"
        folder.mkdir()
        run([bench.lab, "hydrate", "--ledger", bench.history, "--until", "head", "--digests",
             "--store", folder / "store.sqlite"])
        run([bench.python, DUCKDB, "--load", bench.history, folder])
        (folder / "presses.duckdb").rename(path)
        (folder / "store.sqlite").unlink()
        folder.rmdir()
    return bench.file("presses.duckdb", make)


def duckdb(bench: Workshop, threads: int, way: str, basis: str, events: int | None = None) -> Sample:
    """Its second run of the query in one process, when the table is in its memory."""
    limit = [] if events is None else [str(events)]
    done = run([bench.python, DUCKDB, "--query", tables(bench), str(threads), way, *limit])
    said = done.json()
    return Sample.of(done, said[basis], said["sums"])


def both(bench: Workshop, rounds: int, jobs: int, basis: str) -> Measured:
    """Both results; DuckDB has two ways to a local day, of which the faster one counts."""
    tables(bench)
    mine, offsets, icu = interleaved(
        rounds, lambda: stated(bench, bench.history, jobs, basis=basis),
        lambda: duckdb(bench, jobs, "offsets", basis), lambda: duckdb(bench, jobs, "icu", basis))
    for one, other in zip(mine, offsets):
        same("sums over every row of both results", one.answer, other.answer)
    notes = ["every row of both results was compared before, sums in every round"]
    if median(icu) < median(offsets):
        equal = icu[0].answer == mine[0].answer
        notes.append("DuckDB finds local days by its own time zones" + (
            "" if equal else "; some days differ, since it carries another tz release"))
        return Measured(mine, icu, notes)
    notes.append("DuckDB finds local days by a table of offsets; by its own time zones it takes "
                 f"{median(icu):.2f} s")
    return Measured(mine, offsets, notes)


def bowls_in_c(bench: Workshop, rounds: int) -> Measured:
    """Bowl totals alone from the index; the C loop checks nothing of what it reads."""
    def loop() -> Sample:
        done = run([bench.raw, "fold", warm(bench.history)])
        words = done.output.split()
        return Sample.of(done, float(words[1]), int(words[3]) + int(words[5]))

    def ours() -> Sample:
        sample = stated(bench, bench.history, 1, "--bowls-only", basis="processor")
        sample.answer = sample.answer[0]
        return sample
    return pair(rounds, "dispenses of all bowls", ours, loop, "dispenses are the same")


def rows_in_c(bench: Workshop, rounds: int, *more: str) -> Measured:
    """From rows; the C loop steps over them and adds three columns up, it folds nothing."""
    ledger = bench.history_of_rows
    head = bench.head(ledger)

    def loop() -> Sample:
        done = run([bench.raw, "scan", warm(ledger)])
        words = done.output.split()
        if int(words[0]) != head:
            raise Failure(f"rawloop scan stepped over {words[0]} rows of {head}")
        return Sample.of(done, float(words[1]))
    mine, other = interleaved(
        rounds, lambda: stated(bench, ledger, 1, *more, basis="seconds"), loop)
    for one in mine:
        same("the sums of each round", one.answer, mine[0].answer)
    return Measured(mine, other, ["the loop folds nothing, so it has no result to compare"])


def moment(text: str) -> int:
    """Microseconds of a time such as 2020-12-31T16:05:20.152Z."""
    import calendar
    import time
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))
    return seconds * 1_000_000 + int(fraction.ljust(6, "0"))


def shell_bowls(bench: Workshop, ledger: Path, last: int | None = None) -> Sample:
    """The sqlite3 shell; it answers with rows of feeder, bowl, dispenses, grams, last time.

    With its own small cache it sorts in files and takes twice the time.
    """
    only = "" if last is None else f"WHERE sequence <= {last} "
    done = run(["sqlite3", "-json", "-cmd", "PRAGMA cache_size = -2000000", warm(ledger),
                BOWLS.replace("FROM event GROUP", f"FROM event {only}GROUP")])
    return Sample.of(done, answer=[list(row.values()) for row in json.loads(done.output)])


def our_bowls(bench: Workshop, ledger: Path, until: str = "head") -> Sample:
    """The program itself, its whole output included."""
    done = run([bench.lab, "hydrate", "--ledger", warm(ledger), "--until", until,
                "--projection", "bowl-totals", "--json"])
    bowls: list[dict[str, Any]] = done.json()["projections"]["bowl-totals"]["state"]["bowls"]
    rows = [[bowl["feeder"], bowl["bowl"], bowl["dispenses"], bowl["grams"],
             moment(bowl["lastDispense"])] for bowl in bowls if bowl["dispenses"]]
    return Sample.of(done, answer=sorted(rows))


def shell(bench: Workshop, rounds: int, source: int) -> Measured:
    """Every feeder's bowls: dispenses, grams, last time, as printed. All three are measured in turn for
    the first row that asks: 0 is from rows, 1 from the index."""
    found = bench.once("shell", lambda: interleaved(
        rounds, lambda: our_bowls(bench, bench.history_of_rows),
        lambda: our_bowls(bench, bench.history),
        lambda: shell_bowls(bench, bench.history_of_rows)))
    for one, other in zip(found[source], found[2]):
        same("bowls by feeder", one.answer, other.answer)
    return Measured(found[source], found[2], [
        "all rows are the same", "the shell has a cache of 2 GB, so that it sorts in memory"])


INNER_CPU = "processor seconds from opening to the results, as both state them"
INNER_WALL = "seconds on the wall from opening to the results, as both state them"
PROCESS = "seconds on the wall of the whole process, both"

ROWS = [
    Row("both-1", "both results, index, 1 thread", "DuckDB, native table", INNER_CPU,
        lambda bench, rounds: both(bench, rounds, 1, "processor"), aim=2),
    Row("both-2", "both results, index, 2 threads", "DuckDB, 2 threads", INNER_WALL,
        lambda bench, rounds: both(bench, rounds, 2, "seconds"), aim=2),
    Row("bowls", "bowl totals, index, 1 thread", "C loop over the records",
        INNER_CPU, bowls_in_c, aim=0.6),
    Row("rows-bowls", "bowl totals, rows", "C sqlite3_step loop", INNER_WALL,
        lambda bench, rounds: rows_in_c(bench, rounds, "--bowls-only"), aim=0.8),
    Row("rows-both", "both results, rows", "C sqlite3_step loop", INNER_WALL,
        rows_in_c, aim=0.8),
    Row("shell-rows", "bowls as printed, rows", "sqlite3 shell, GROUP BY", PROCESS,
        lambda bench, rounds: shell(bench, rounds, 0), aim=3),
    Row("shell-index", "bowls as printed, index", "sqlite3 shell, GROUP BY", PROCESS,
        lambda bench, rounds: shell(bench, rounds, 1), aim=50),
]
