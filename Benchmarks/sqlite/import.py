#!/usr/bin/env python3
"""EventBridge lines into SQLite with orjson and sqlite3: what an import costs without a ledger.

    import.py LINES DATABASE

The peer of `replaylab import` in the benchmark. It makes the rows of the same tables with the same
indexes, in transactions of the same size and as durable, and leaves out what a ledger adds: no
second look at the input, no check of form, time or id, no hashes, no triggers, no resumption. Texts
and contents are interned in dicts. The columns that a ledger fills with hashes hold 0 here.

Prints one JSON object: rows, and the seconds from the first byte read to the closed file.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import datetime

import orjson

BATCH = 16_384
TABLES = """
    CREATE TABLE text (code INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE device (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE content (
      code INTEGER PRIMARY KEY, digest INTEGER NOT NULL, form INTEGER NOT NULL,
      source INTEGER NOT NULL, detail_type INTEGER NOT NULL, device INTEGER, envelope INTEGER,
      detail TEXT NOT NULL) STRICT;
    CREATE INDEX content_digest ON content (digest);
    CREATE TABLE event (
      sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, content INTEGER NOT NULL,
      device INTEGER, lag INTEGER NOT NULL, leaf INTEGER NOT NULL, id ANY NOT NULL UNIQUE) STRICT;
"""
RECORDED = 1_767_225_600_000_000

EventRow = tuple[int, int, int, int | None, int, int, bytes]


class Catalogue:
    """Codes of texts, devices and contents, and the rows of those that are new."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}
        self.devices: dict[str, int] = {}
        self.contents: dict[tuple[str, str, bytes, bytes], tuple[int, int | None]] = {}
        self.new_texts: list[tuple[int, str]] = []
        self.new_devices: list[tuple[int, str]] = []
        self.new_contents: list[tuple[int, int, int, int, int, int | None, int, str]] = []

    def add(self, key: tuple[str, str, bytes, bytes], device: str | None) -> tuple[int, int | None]:
        """Gives a code to a content that is not known."""
        source, kind, envelope, detail = key
        code = len(self.contents) + 1
        device_code = None
        if device:
            device_code = self.devices.get(device)
            if device_code is None:
                device_code = self.devices[device] = len(self.devices) + 1
                self.new_devices.append((device_code, device))
        self.new_contents.append((
            code, 0, 1, self.text(source), self.text(kind), device_code,
            self.text(envelope.decode()), detail.decode()))
        self.contents[key] = (code, device_code)
        return code, device_code

    def text(self, body: str) -> int:
        """The code of a text, new or not."""
        code = self.texts.get(body)
        if code is None:
            code = self.texts[body] = len(self.texts) + 1
            self.new_texts.append((code, body))
        return code

    def insert(self, cursor: sqlite3.Cursor) -> None:
        """Writes what is new."""
        cursor.executemany("INSERT INTO text VALUES (?, ?)", self.new_texts)
        cursor.executemany("INSERT INTO device VALUES (?, ?)", self.new_devices)
        cursor.executemany("INSERT INTO content VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self.new_contents)
        self.new_texts.clear()
        self.new_devices.clear()
        self.new_contents.clear()


def rows(lines: Iterator[bytes], catalogue: Catalogue, sequence: int) -> list[EventRow]:
    """The rows of some lines; `sequence` is that of the event before them."""
    made: list[EventRow] = []
    append = made.append
    loads, dumps, known = orjson.loads, orjson.dumps, catalogue.contents.get
    parse, unhex = datetime.fromisoformat, bytes.fromhex
    for line in lines:
        event = loads(line)
        identity = unhex(event.pop("id").replace("-", ""))
        moment = int(parse(event.pop("time")).timestamp()) * 1_000_000
        detail = event.pop("detail")
        key = (event.pop("source"), event.pop("detail-type"), dumps(event), dumps(detail))
        codes = known(key) or catalogue.add(key, detail.get("device-id"))
        sequence += 1
        append((sequence, moment, codes[0], codes[1], RECORDED - moment, 0, identity))
    return made


def main() -> None:
    """Reads, makes rows, inserts them."""
    if len(sys.argv) != 3:
        sys.exit("usage: import.py LINES DATABASE")
    begin = time.perf_counter()
    database = sqlite3.connect(sys.argv[2], isolation_level=None)
    cursor = database.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -65536"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.executescript(TABLES)
    catalogue = Catalogue()
    sequence = 0
    with open(sys.argv[1], "rb", buffering=1 << 20) as lines:
        while batch := rows(itertools.islice(lines, BATCH), catalogue, sequence):
            cursor.execute("BEGIN IMMEDIATE")
            catalogue.insert(cursor)
            cursor.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", batch)
            cursor.execute("COMMIT")
            sequence += len(batch)
    database.close()
    print(json.dumps({"rows": sequence, "seconds": round(time.perf_counter() - begin, 6)}))


if __name__ == "__main__":
    main()
