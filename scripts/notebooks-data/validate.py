#!/usr/bin/env python3
"""Validates a data folder by what others wrote: `validate.py FOLDER` (frictionless and mlcroissant, of PyPI).

frictionless checks each value, key and reference, size and hash; mlcroissant reads all records, whose number
and keys are compared with the files.
"""

import csv
import logging
import os
import sys

import frictionless
import mlcroissant


def fail(message):
    sys.exit(f"notebooks-data: {message}")


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def package():
    report = frictionless.Package("datapackage.json").validate()
    if not report.valid:
        fail("datapackage.json:\n" + report.to_summary())
    return {task.name: task.stats["rows"] for task in report.tasks}


def croissant(rows):
    complaints = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: complaints.append(record.getMessage())
    logging.getLogger("absl").addHandler(handler)
    dataset = mlcroissant.Dataset("croissant.json")
    complaints += dataset.metadata.issues.warnings
    if complaints or dataset.metadata.issues.errors:
        fail("croissant.json: " + "\n".join(map(str, complaints)))
    found = {}
    for record_set in dataset.metadata.record_sets:
        name = record_set.id
        records = list(dataset.records(name))
        found[name] = len(records)
        with open(f"{name}.csv", newline="", encoding="utf-8") as file:
            column, *_ = header = next(reader := csv.reader(file))
            expected = [row[0] for row in reader]
        # Times and numbers that may be empty are spelled otherwise by whoever reads them.
        if name in ("devices", "presses", "feeds", "days"):
            got = [text(record[f"{name}/{column}"]) for record in records]
            if got != expected:
                fail(f"croissant.json: the records of {name} have other values of {column} than its file")
        if any(len(record) != len(header) for record in records):
            fail(f"croissant.json: records of {name} lack columns")
    if found != rows:
        fail(f"croissant.json leads to {found} records, datapackage.json to {rows}")


def main(folder):
    os.chdir(folder)
    rows = package()
    croissant(rows)
    print(", ".join(f"{name} {count:,}" for name, count in rows.items()) + ": both validators find no fault")


if __name__ == "__main__":
    main(sys.argv[1])
