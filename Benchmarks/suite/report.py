#!/usr/bin/env python3
"""What the figures of results.json say, as tables.

    report.py [--results FILE]                   plain text, as `make bench` prints it
    report.py --markdown [--results FILE]        the tables of docs/performance.md
    report.py --write PAGE [--results FILE]      puts them between the page's marks; a page with the
                                                 other marks gets the ratios that have an aim
    report.py --check PAGE [--results FILE]      fails where the page's tables are not those
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Sequence

WHOLE = ("<!-- results -->", "<!-- end of results -->")
BRIEF = ("<!-- ratios -->", "<!-- end of ratios -->")
FAILED = "failed"
Record = dict[str, Any]
Cells = list[list[str]]


def verdict(ratio: float, aim: float | None, ours: float, least: float | None) -> str:
    """Whether an aim is met, or by what share of it it is missed."""
    found, wanted = (ours, least) if least is not None else (ratio, aim)
    if wanted is None:
        return "no aim"
    return "met" if found >= wanted else f"missed by {max(1, round((1 - found / wanted) * 100))} %"


def figure(value: float, unit: str) -> str:
    """Seconds or a rate, to three digits."""
    if unit == "s":
        return duration(value)
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{digits(value / size)} {letter}/s"
    return f"{digits(value)} /s"


def duration(value: float) -> str:
    """Seconds, to three digits, in the unit that suits them."""
    for size, unit in ((1, "s"), (1e-3, "ms")):
        if value >= size:
            return f"{digits(value / size)} {unit}"
    return f"{digits(value * 1e6)} µs"


def digits(value: float) -> str:
    """Three digits, more before the point."""
    return f"{value:,.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}"


def megabytes(value: float | None) -> str:
    """A peak; a dash where nobody could look."""
    return "–" if value is None else f"{value:,.0f}"


def aim(row: Record) -> str:
    """As the column has it."""
    if row["least"] is not None:
        return figure(row["least"], row["unit"])
    return "–" if row["aim"] is None else f"{row['aim']:g}"


def ratios(results: Record) -> Cells:
    """The table itself."""
    table = [["what", "against", "ours", "theirs", "ratio", "aim", "verdict"]]
    for row in results["rows"]:
        measured = [] if "ratio" not in row else [
            figure(row["ours"]["median"], row["unit"]),
            figure(row["theirs"]["median"], row["unit"]), digits(row["ratio"])]
        table.append([row["title"], row["against"], *(measured or ["–"] * 3), aim(row),
                      row["verdict"].removeprefix("missed by ").replace(" %", " % short")])
    return table


def peaks(results: Record) -> Cells:
    """Peak memory of each side, in MB: all of it, and what is private to the process."""
    table = [["peak memory, MB", "against", "ours", "private", "theirs", "private"]]
    for row in results["rows"]:
        if "ratio" in row:
            table.append([row["title"], row["against"]] + [
                megabytes(row[side][kind]) for side in ("ours", "theirs")
                for kind in ("peakMB", "privateMB")])
    return table


def count(value: int) -> str:
    """A size, shortened."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return str(value)


def grown(results: Record) -> list[Record]:
    """The series that were measured."""
    return [one for one in results["growth"] if "seconds" in one]


def growth(results: Record) -> Cells:
    """Each size's time, and the exponent."""
    table = [["growth", "sizes", "1", "4", "16", "64 times", "exponent"]]
    for one in grown(results):
        sizes = f"{count(one['sizes'][0])} to {count(one['sizes'][-1])} {one['unit']}"
        table.append([one["name"], sizes, *map(duration, one["seconds"]),
                      f"{one['exponent']:.2f}"])
    return table


def memory(results: Record) -> Cells:
    """Each size's peak: all of it, and what is private."""
    table = [["growth: peak MB (private MB)", "1", "4", "16", "64"]]
    for one in grown(results):
        table.append([one["name"]] + [
            f"{megabytes(peak)} ({megabytes(private)})"
            for peak, private in zip(one["peakMB"], one["privateMB"])])
    return table


def tables(results: Record) -> list[tuple[Cells, int]]:
    """Every table that has rows, with how many of its columns are words."""
    found = [(ratios(results), 2), (peaks(results), 2), (growth(results), 2), (memory(results), 1)]
    return [(table, words) for table, words in found if len(table) > 1]


def heading(results: Record) -> list[str]:
    """What was measured, and on what."""
    machine, versions = results["machine"], results["versions"]
    names = {"swift": "Swift", "sqlite": "SQLite", "duckdb": "DuckDB", "python": "Python"}
    clean = "" if results["clean"] else ", with changes that are not committed"
    return [
        f"{machine['processor']}, {machine['cores']} cores, {machine['memoryMB'] / 1024:.0f} GB,"
        f" Linux {machine['kernel']}",
        ", ".join(f"{names.get(name, name)} {versions[name]}" for name in (
            "swift", "sqlite", "duckdb", "python", "eventsourcing", "orjson", "mosquitto")),
        f"commit {results['commit'][:12]}{clean}; scale {results['scale']}, {results['roundsEach']}"
        f" rounds, medians; other processes used {results['otherCores']:.2f} cores",
        sizes(results["sizes"]),
        f"a peak below {results['memoryFloorMB']:.0f} MB may be that of the process that measures",
    ]


def sizes(scale: Record) -> str:
    """How large the histories are."""
    return (f"sizes: hydrate {count(scale['years'] * 1_000_000)} presses and {scale['points']} points,"
            f" simulate {count(scale['simulated_years'] * 1_000_000)},"
            f" import {count(scale['imported_lines'])}, rebuild {count(scale['rebuilt_events'])},"
            f" MQTT {count(scale['messages'])}, replay {count(scale['replayed_years'] * 1_000_000)}")


def notes(results: Record) -> list[str]:
    """What the figure of each row is, and what to know of it."""
    return [f"{row['title']}: " + "; ".join([row["basis"], *row["notes"]])
            for row in results["rows"]]


def aligned(table: Cells, words: int) -> str:
    """Columns of plain text: words to the left, figures to the right."""
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    return "\n".join(" ".join(
        cell.ljust(width) if place < words else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in table)


def text(results: Record) -> str:
    """For a terminal."""
    parts = ["\n".join(heading(results))]
    parts += [aligned(table, words) for table, words in tables(results)]
    return "\n\n".join(parts)


def markdown(results: Record) -> str:
    """For the page."""
    parts = ["\n".join(f"- {line}" for line in heading(results))]
    for table, words in tables(results):
        rule = ["---"] * words + ["---:"] * (len(table[0]) - words)
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in [table[0], rule, *table[1:]]))
    parts.append("What each figure is:\n\n" + "\n".join(f"- {line}." for line in notes(results)))
    return "\n\n".join(parts)


def brief(results: Record) -> str:
    """For a page that only names what has an aim."""
    table = [["what", "against", "ratio", "aim"], ["---", "---", "---:", "---:"]]
    for row in results["rows"]:
        if "ratio" in row and row["aim"] is not None:
            table.append([row["title"], row["against"], digits(row["ratio"]), aim(row)])
    lines = heading(results)
    return "\n".join([f"{lines[0]}; {lines[2]}:", ""] + [f"| {' | '.join(row)} |" for row in table])


def between(page: str) -> tuple[str, str, str, tuple[str, str]]:
    """A page's text before its marks, between and after them, and the marks."""
    for begin, end in (WHOLE, BRIEF):
        if page.count(begin) == 1 and page.count(end) == 1:
            before, rest = page.split(begin)
            inside, after = rest.split(end)
            return before, inside, after, (begin, end)
    sys.exit(f"the page needs one line {WHOLE[0]} and, after it, one line {WHOLE[1]}, or"
             f" {BRIEF[0]} and {BRIEF[1]}")


def inside(marks: tuple[str, str], results: Record) -> str:
    """What belongs between marks."""
    return markdown(results) if marks == WHOLE else brief(results)


def write(page: Path, results: Record) -> None:
    """Puts the tables into a page."""
    before, _, after, marks = between(page.read_text(encoding="utf-8"))
    page.write_text(f"{before}{marks[0]}\n\n{inside(marks, results)}\n\n{marks[1]}{after}",
                    encoding="utf-8")


def check(page: Path, results: Record) -> None:
    """Ends with 1 where a page's tables are not those of the results, and names the first line."""
    _, found, _, marks = between(page.read_text(encoding="utf-8"))
    said = found.strip().splitlines()
    expected = inside(marks, results).splitlines()
    if said == expected:
        return
    for number, line in enumerate(expected):
        if number >= len(said) or said[number] != line:
            sys.exit(f"{page}: the results say\n  {line}\nand the page\n  "
                     f"{said[number] if number < len(said) else 'ends before'}\n"
                     f"Run Benchmarks/suite/report.py --write {page}")
    sys.exit(f"{page} says more than the results: {said[len(expected)]}")


def main(words: Sequence[str]) -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="What Benchmarks/results.json says.")
    parser.add_argument("--results", type=Path,
                        default=Path(__file__).resolve().parents[1] / "results.json")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--markdown", action="store_true")
    what.add_argument("--write", type=Path, metavar="PAGE")
    what.add_argument("--check", type=Path, metavar="PAGE")
    options = parser.parse_args(words)
    results = json.loads(options.results.read_text(encoding="utf-8"))
    if options.write:
        write(options.write, results)
    elif options.check:
        check(options.check, results)
    else:
        print(markdown(results) if options.markdown else text(results))


if __name__ == "__main__":
    main(sys.argv[1:])
