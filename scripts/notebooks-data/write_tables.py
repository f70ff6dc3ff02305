#!/usr/bin/env python3
"""Writes the tables of notebooks-data from two ledgers and their stores.

    write_tables.py RAW OUT     RAW is what `make` has the program write; OUT gets the tables

RAW holds reported.ledger and true.ledger with a store of each, reported.ledger.truth.jsonl, and bowls.tsv
(view, moment, and what `hydrate --json` answered). Only the standard library is used, and neither a clock
nor an order that Python chooses: the same RAW gives the same bytes.
"""

import csv
import json
import sqlite3
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dictionary import TABLES

FAULTS = ("again", "late", "duplicate", "split", "skewed", "unset", "lost")


def fail(message):
    sys.exit(f"notebooks-data: {message}")


def milliseconds(time):
    """2023-01-01T04:55:11.954000Z as 2023-01-01T04:55:11.954Z: the generator draws whole milliseconds."""
    body, _, fraction = time.removesuffix("Z").partition(".")
    digits = fraction.ljust(6, "0")
    if digits[3:] != "000":
        fail(f"{time} is finer than a millisecond; give the tables' times six digits")
    return f"{body}.{digits[:3]}Z"


def moment(time):
    return datetime.fromisoformat(time.replace("Z", "+00:00"))


def local(time, zone):
    return moment(time).astimezone(zone).replace(tzinfo=None).isoformat(timespec="milliseconds")


def query(path, text):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(text).fetchall()
    finally:
        connection.close()


def devices(ledger):
    """The registrations, by device; a feeder that moves or changes would need rows with a begin."""
    found = {}
    for device, detail in query(
        ledger, "SELECT device, detail FROM history WHERE detail_type = 'Feeder Registration' ORDER BY sequence"
    ):
        detail = json.loads(detail)
        if device in found:
            fail(f"{device} is registered twice; the tables have one registration a device")
        bowls = detail["bowls"]
        found[device] = (detail["feeder"], detail["time-zone"], bowls["left"], bowls["right"])
    return found


def presses(ledger, places):
    zones = {device: ZoneInfo(place[1]) for device, place in places.items()}
    for sequence, id, time, recorded, device, click in query(
        ledger, "SELECT sequence, id, time, recorded, device, click FROM press ORDER BY sequence"
    ):
        time, recorded = milliseconds(time), milliseconds(recorded)
        yield sequence, id, time, recorded, local(time, zones[device]), places[device][0], device, click


def feeds(ledger, places):
    """The presses of the history without mishaps, in order of time, with food and gaps."""
    previous = {}
    for _, id, time, recorded, wall, feeder, device, click in sorted(
        presses(ledger, places), key=lambda row: (row[2], row[0])
    ):
        if time != recorded:
            fail(f"{id} of the history without mishaps came late")
        _, _, left, right = places[device]
        gap = (moment(time) - previous[feeder]) // timedelta(milliseconds=1) if feeder in previous else None
        previous[feeder] = moment(time)
        yield (
            id, time, wall, feeder, device, click,
            left if click != "DOUBLE" else 0, right if click != "SINGLE" else 0, gap,
        )


def mishaps(truth, pressed, reported):
    """The truth file's lines; what they say of a press must be what the history without mishaps says."""
    for line in truth.read_text().splitlines():
        case = json.loads(line)
        feed = pressed.get(case["press"])
        if feed != (milliseconds(case["pressed"]), case["click"]):
            fail(f"{case['press']} is {feed} in one history, and in the other {line}")
        if case["sequence"] is not None and reported.get(case["sequence"]) != case["id"]:
            fail(f"no report has sequence and id of {line}")
        flags = ["true" if fault in case["faults"] else "false" for fault in FAULTS]
        yield case["sequence"], case["press"], *flags


def reconcile(presses, feeds, mishaps):
    """Every plain report is a feed as it stands; gives how many feeds are neither reported nor lost."""
    real = {row[0]: row[1:6] for row in feeds}
    explained = {row[0] for row in mishaps}
    accounted = {row[1] for row in mishaps}
    for sequence, id, time, recorded, wall, feeder, device, click in presses:
        if sequence in explained:
            continue
        if real.get(id) != (time, wall, feeder, device, click) or time != recorded:
            fail(f"the report at sequence {sequence} is no feed, and no mishap explains it")
        accounted.add(id)
    return len(real.keys() - accounted)


def days(history, store):
    for feeder, day, *counts, first, last, gap, near in query(
        store,
        "SELECT feeder, day, feeds, single, double, long, first, last, longest_gap_seconds, double_feeds "
        "FROM feeding_stats_days ORDER BY feeder, day",
    ):
        yield history, feeder, day, *counts, milliseconds(first), milliseconds(last), gap, near


def bowls(answers):
    for line in answers.read_text().splitlines():
        view, at, answer = line.split("\t")
        for row in json.loads(answer)["projections"]["bowl-totals"]["state"]["bowls"]:
            last = row["lastDispense"]
            yield (
                milliseconds(at), view, row["feeder"], row["bowl"], row["dispenses"], row["grams"],
                milliseconds(last) if last else None,
            )


def write(folder, name, rows):
    table = next(table for table in TABLES if table.name == name)
    with open(folder / table.file, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in table.columns])
        for row in rows:
            if len(row) != len(table.columns):
                fail(f"a row of {table.file} has {len(row)} values: {row}")
            writer.writerow(["" if value is None else value for value in row])


def main(raw, out):
    places = devices(raw / "reported.ledger")
    reported = list(presses(raw / "reported.ledger", places))
    real = list(feeds(raw / "true.ledger", places))
    faults = list(
        mishaps(
            raw / "reported.ledger.truth.jsonl",
            {row[0]: (row[1], row[5]) for row in real},
            {row[0]: row[1] for row in reported},
        )
    )
    pending = reconcile(reported, real, faults)
    write(out, "devices", [(device, *place) for device, place in sorted(places.items())])
    write(out, "presses", reported)
    write(out, "feeds", real)
    write(out, "mishaps", faults)
    write(out, "days", [*days("reported", raw / "reported.sqlite"), *days("true", raw / "true.sqlite")])
    write(out, "bowls", bowls(raw / "bowls.tsv"))
    print(f"{len(reported):,} reports, {len(real):,} feeds, {pending} of them on their way at the end")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
