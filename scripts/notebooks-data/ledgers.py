#!/usr/bin/env python3
"""Decides which bytes of a ledger are kept: `ledgers.py KEPT NEW`.

SQLite writes its own release into a file, and `simulate` that of the tz database. Where these two differ and
all rows are the same, KEPT is copied over NEW, and it is said; else NEW stays as it is.
"""

import json
import shutil
import sqlite3
import sys
from pathlib import Path


def sqlite_release(path):
    """The release that wrote the file last: bytes 96 to 99 of its header."""
    number = int.from_bytes(path.read_bytes()[96:100], "big")
    return f"{number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"


def contents(path):
    """The tz database's release, and all rows with it left out, hashes of runs and batches among them."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        provenance = json.loads(connection.execute("SELECT provenance FROM run").fetchone()[0])
        tzdata = provenance.pop("tzdata")
        rows = [provenance]
        for table in ("event", "content", "text", "device", "registration", "block"):
            rows.append(connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall())
        rows.append(connection.execute("SELECT number, run, last, consumed, complete FROM batch").fetchall())
        return tzdata, rows
    finally:
        connection.close()


def main(kept, new):
    if not kept.exists() or kept.read_bytes() == new.read_bytes():
        return
    (old_tzdata, old_rows), (new_tzdata, new_rows) = contents(kept), contents(new)
    releases = [
        f"{name} {now} here, {then} there"
        for name, then, now in (
            ("SQLite", sqlite_release(kept), sqlite_release(new)),
            ("tzdata", old_tzdata, new_tzdata),
        )
        if then != now
    ]
    if releases and old_rows == new_rows:
        shutil.copyfile(kept, new)
        print(f"{kept.name}: all rows are the same, so its bytes are kept ({'; '.join(releases)})")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
