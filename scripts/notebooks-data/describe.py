#!/usr/bin/env python3
"""Writes what describes the tables of notebooks-data: `describe.py RAW OUT README`.

PROVENANCE.json, datapackage.json (Data Package), croissant.json (Croissant 1.0), SHA256SUMS, and the
dictionary between the marks of README, all from dictionary.py and the files in OUT.
"""

import csv
import hashlib
import json
import sqlite3
import sys
from pathlib import Path

from croissant import croissant
from dictionary import TABLES

TITLE = "Three kitchens"
NAME = "three-kitchens"
TEXT = (
    "Two years of button presses of three simulated households that feed their cats by a button: what was "
    "reported, with late, doubled, split, mistimed and lost reports, and what really happened."
)
KINDS = {"localtime": "datetime"}
FORMATS = {"datetime": "%Y-%m-%dT%H:%M:%S.%fZ", "localtime": "%Y-%m-%dT%H:%M:%S.%f"}
BEGIN, END = "<!-- dictionary -->\n", "<!-- end of dictionary -->\n"


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def provenance(raw, out):
    ledger = sqlite3.connect(f"file:{out / 'cats.ledger'}?mode=ro", uri=True)
    run = json.loads(ledger.execute("SELECT provenance FROM run").fetchone()[0])
    ledger.close()
    histories = {}
    for history in ("reported", "true"):
        store = sqlite3.connect(f"file:{raw / history}.sqlite?mode=ro", uri=True)
        head, root = store.execute("SELECT sequence, root FROM replaylab_checkpoint LIMIT 1").fetchone()
        store.close()
        digests = dict(line.split() for line in (raw / f"{history}.digests").read_text().splitlines())
        histories[history] = {"events": head, "root": root, "digests": digests}
    return {
        "what": TITLE,
        "made-by": "make notebooks-data",
        "program": f"replaylab {run['program']}",
        "scenario": {"file": "three-kitchens.yaml", "sha256": run["scenarioSHA256"]},
        "seed": run["seed"],
        "start": run["start"],
        "years": 2,
        "tzdata": run["tzdata"],
        "histories": histories,
        "commands": [
            "replaylab simulate --scenario reported.yaml --years 2 --seed 42 --ledger reported.ledger",
            "replaylab simulate --scenario true.yaml --years 2 --seed 42 --ledger true.ledger",
            "replaylab hydrate --ledger HISTORY.ledger --store HISTORY.sqlite",
            "replaylab hydrate --ledger reported.ledger --until MONDAY --projection bowl-totals --json",
            "replaylab hydrate --ledger reported.ledger --as-of MONDAY --projection bowl-totals --json",
        ],
        "notes": [
            "reported.yaml is three-kitchens.yaml; true.yaml is the same without the blocks of mishaps.",
            "cats.ledger is reported.ledger.",
        ],
    }


def field(column):
    constraints = {"required": True} if column.required else {}
    if column.among:
        constraints["enum"] = list(column.among)
    description = column.text + (f" [{column.unit}]" if column.unit else "")
    made = {"name": column.name, "type": KINDS.get(column.kind, column.kind), "description": description}
    if column.kind in FORMATS:
        made["format"] = FORMATS[column.kind]
    if constraints:
        made["constraints"] = constraints
    return made


def resource(table, out):
    path = out / table.file
    schema = {"fields": [field(column) for column in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.references:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": other, "fields": [there]}}
            for column, other, there in table.references
        ]
    return {
        "name": table.name, "path": table.file, "profile": "tabular-data-resource",
        "description": table.text, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "bytes": path.stat().st_size, "hash": "sha256:" + sha256(path), "schema": schema,
    }


def datapackage(out, run):
    return {
        "profile": "tabular-data-package", "name": NAME, "title": TITLE, "description": TEXT,
        "version": run["program"].split()[1],
        "licenses": [{"name": "MIT", "path": "https://opensource.org/license/mit", "title": "MIT License"}],
        "contributors": [{"title": "The replaylab authors", "role": "author"}],
        "sources": [{"title": "three-kitchens.yaml, simulated by replaylab", "path": "three-kitchens.yaml"}],
        "resources": [resource(table, out) for table in TABLES],
    }


def dictionary(out):
    """The README's part: a table of columns for each file, with an example from the file itself."""
    lines = []
    for table in TABLES:
        path = out / table.file
        found = rows(path)
        lines += [f"### `{table.file}`: {len(found):,} rows", "", f"{table.text[0].upper()}{table.text[1:]}."]
        if table.key:
            lines.append("Key: " + ", ".join(f"`{name}`" for name in table.key) + ".")
        for column, other, there in table.references:
            lines.append(f"`{column}` stands in `{other}.{there}`.")
        lines += ["", "| column | type | unit | meaning | example |", "| --- | --- | --- | --- | --- |"]
        for column in table.columns:
            example = next((row[column.name] for row in found[40:] + found if row[column.name]), "")
            kind = {"localtime": "datetime"}.get(column.kind, column.kind) + ("" if column.required else "?")
            lines.append(f"| `{column.name}` | {kind} | {column.unit} | {column.text} | `{example}` |")
        lines.append("")
    return "\n".join(lines)


def write(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main(raw, out, readme):
    run = provenance(raw, out)
    write(out / "PROVENANCE.json", run)
    write(out / "datapackage.json", datapackage(out, run))
    files = [table.file for table in TABLES]
    write(out / "croissant.json", croissant(NAME, TITLE, TEXT, run, {file: sha256(out / file) for file in files}))
    kept = sorted(
        files + ["PROVENANCE.json", "cats.ledger", "croissant.json", "datapackage.json", "three-kitchens.yaml"]
    )
    sums = "".join(f"{sha256(out / file)}  {file}\n" for file in kept)
    (out / "SHA256SUMS").write_text(sums)
    text = readme.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f"notebooks-data: {readme} needs one line {BEGIN.strip()} and one {END.strip()}")
    head, rest = text.split(BEGIN)
    (out / "README.md").write_text(head + BEGIN + dictionary(out) + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
