#!/usr/bin/env python3
"""How often the Shrinking Challenge's minima are reached, beside Hypothesis.

    report.py --merge OURS THEIRS   puts the rows of two files with a JSON object a line into
                                Benchmarks/shrinking.json; of other problems its rows stay
    report.py                       prints its table
    report.py --write PAGE          puts the table between the page's marks
    report.py --check PAGE          fails where the page's table is not that of the file
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "shrinking.json"
MARKS = ("<!-- shrinking -->", "<!-- end of shrinking -->")
Row = dict[str, Any]


def rows(path: str) -> dict[str, Row]:
    """The objects of a file, by problem."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return {row["problem"]: row for row in map(json.loads, filter(None, lines))}


def merge(ours: str, theirs: str) -> None:
    """Puts the two runs beside each other."""
    found, others = rows(ours), rows(theirs)
    known = json.loads(FILE.read_text(encoding="utf-8"))["problems"] if FILE.exists() else []
    new = {name: {"problem": name, "ours": row, "hypothesis": others.get(name)}
           for name, row in found.items()}
    problems = [new.pop(row["problem"], row) for row in known] + list(new.values())
    FILE.write_text(json.dumps({"problems": problems}, indent=1) + "\n", encoding="utf-8")


def share(row: Row | None) -> str:
    """Minima of seeds; those whose first failure was never found are not reached either."""
    return "–" if row is None else f"{row['minimal']} of {row['seeds']}"


def mean(row: Row | None, name: str) -> str:
    """A mean; a dash where there is nothing to take it of."""
    return "–" if row is None or not row["found"] else f"{row[name]:.0f}"


def verdict(ours: Row, theirs: Row | None) -> str:
    """The aim: as often as Hypothesis or in 95 of 100, with at most twice its evaluations."""
    is_minimal = ours["minimal"] >= 0.95 * ours["seeds"]
    if theirs and theirs["found"]:
        is_minimal |= ours["minimal"] / ours["seeds"] >= theirs["minimal"] / theirs["seeds"]
        ratio = ours["evaluations"] / max(theirs["evaluations"], 0.1)
    else:
        return "met" if is_minimal else "minimum missed"
    if not is_minimal:
        return "minimum missed"
    return "met" if ratio <= 2 else f"{ratio:.1f} times its evaluations"


def table() -> list[str]:
    """The table, as Markdown."""
    head = ("| problem | minimum | cases until found | evaluations | Hypothesis: minimum"
            " | cases until found | evaluations | aim |")
    lines = [head, "| --- |" + " ---: |" * 6 + " --- |"]
    for problem in json.loads(FILE.read_text(encoding="utf-8"))["problems"]:
        one, other = problem["ours"], problem["hypothesis"]
        cells = [problem["problem"], share(one), mean(one, "before"), mean(one, "evaluations"),
                 share(other), mean(other, "before"), mean(other, "evaluations"),
                 verdict(one, other)]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def parts(page: Path) -> tuple[str, str, str]:
    """What is before, between and after the marks."""
    text = page.read_text(encoding="utf-8")
    if text.count(MARKS[0]) != 1 or text.count(MARKS[1]) != 1:
        sys.exit(f"{page} needs one line {MARKS[0]} and, after it, one line {MARKS[1]}")
    before, rest = text.split(MARKS[0])
    inside, after = rest.split(MARKS[1])
    return before, inside, after


def main(words: list[str]) -> None:
    """What the command line asks for."""
    match words:
        case []:
            print("\n".join(table()))
        case ["--merge", ours, theirs]:
            merge(ours, theirs)
        case ["--write", page]:
            before, _, after = parts(Path(page))
            inside = "\n".join(table())
            Path(page).write_text(f"{before}{MARKS[0]}\n\n{inside}\n\n{MARKS[1]}{after}",
                                  encoding="utf-8")
        case ["--check", page]:
            if parts(Path(page))[1].strip().splitlines() != table():
                sys.exit(f"{page}: the table is not that of {FILE.name};"
                         f" run Benchmarks/Shrinking/report.py --write {page}")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
