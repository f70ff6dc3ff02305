"""Bowl totals with the Python library `eventsourcing` on SQLite.

    sourcing.py store DATABASE LEDGER   keeps the ledger's presses as events of aggregates, in its order
    sourcing.py rebuild DATABASE [N]    folds the first N events of the log in memory, all if absent
    sourcing.py project DATABASE VIEW   the library's projection: into a view in SQLite, with its tracking

Both print a line of JSON: device, bowl, dispenses and last time of every bowl that was filled. They read
the application's notification log in sections and map it back to domain events, as the library does;
its recorder for SQLite offers no subscriptions. Larger sections than its default of 10 are faster.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from typing import Iterator
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import InfrastructureFactory, Tracking
from eventsourcing.projection import Projection
from eventsourcing.sqlite import SQLiteTrackingRecorder
from eventsourcing.utils import Environment

SECTION = 1_000
BOWLS = {"SINGLE": ("left",), "DOUBLE": ("right",), "LONG": ("left", "right")}
Totals = list[list[object]]


class Button(Aggregate):
    """A feeder's button, whose presses are its events."""

    def __init__(self, device: str) -> None:
        self.device = device

    @staticmethod
    def create_id(device: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"/buttons/{device}")

    @event("Pressed")
    def press(self, device: str, click: str, moment: int) -> None:
        pass


class Buttons(Application):
    """Keeps the presses."""


class TotalsView(SQLiteTrackingRecorder):
    """The table of totals; a row and the tracking of the event that changed it are one transaction."""

    def construct_create_table_statements(self) -> list[str]:
        return super().construct_create_table_statements() + [
            "CREATE TABLE IF NOT EXISTS bowl (device TEXT, bowl TEXT, dispenses INTEGER, last INTEGER,"
            " PRIMARY KEY (device, bowl)) WITHOUT ROWID"]

    def add(self, pressed: Button.Pressed, tracking: Tracking) -> None:
        """Counts one press."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            for bowl in BOWLS[pressed.click]:
                cursor.execute(
                    "INSERT INTO bowl VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET"
                    " dispenses = dispenses + 1, last = max(last, excluded.last)",
                    (pressed.device, bowl, pressed.moment))

    def rows(self) -> Totals:
        """The whole table."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT * FROM bowl ORDER BY device, bowl")
            return [list(row) for row in cursor.fetchall()]


class TotalsProjection(Projection[TotalsView]):
    """Hands every press to the view, tracks everything else."""

    def process_event(self, happened: object, tracking: Tracking) -> None:
        if type(happened) is Button.Pressed:
            self.view.add(happened, tracking)
        else:
            self.view.insert_tracking(tracking)


def presses(ledger: str) -> list[tuple[str, str, int]]:
    """Device, click and time in microseconds, in the ledger's order."""
    return sqlite3.connect(f"file:{ledger}?mode=ro", uri=True).execute(
        "SELECT d.name, c.detail ->> '$.click-type' AS click, e.time FROM event e"
        " JOIN content c ON c.code = e.content JOIN device d ON d.code = e.device"
        " WHERE click IN ('SINGLE', 'DOUBLE', 'LONG') ORDER BY e.sequence").fetchall()


def store(ledger: str) -> None:
    """Saves the presses, a section in a transaction."""
    app = Buttons()
    buttons: dict[str, Button] = {}
    found = presses(ledger)
    for begin in range(0, len(found), SECTION):
        touched: dict[str, Button] = {}
        for device, click, moment in found[begin:begin + SECTION]:
            if device not in buttons:
                buttons[device] = Button(device)
            touched[device] = buttons[device]
            touched[device].press(device, click, moment)
        app.save(*touched.values())


def log(limit: int | None = None) -> Iterator[tuple[object, int]]:
    """The application's domain events with their places in its notification log, from its begin."""
    app = Buttons()
    last = app.recorder.max_notification_id() or 0
    last = last if limit is None else min(limit, last)
    for begin in range(1, last + 1, SECTION):
        size = min(SECTION, last + 1 - begin)
        for notification in app.recorder.select_notifications(start=begin, limit=size):
            yield app.mapper.to_domain_event(notification), notification.id


def rebuild(limit: int | None) -> Totals:
    """The totals in a dictionary: nothing is stored or tracked."""
    totals: dict[tuple[str, str], list[int]] = {}
    for happened, _ in log(limit):
        if type(happened) is Button.Pressed:
            for bowl in BOWLS[happened.click]:
                total = totals.setdefault((happened.device, bowl), [0, happened.moment])
                total[0] += 1
                total[1] = max(total[1], happened.moment)
    return [[*key, *total] for key, total in sorted(totals.items())]


def project(view: str) -> Totals:
    """The totals in a view of the library's, event by event."""
    env = Environment("totals", dict(os.environ) | {"SQLITE_DBNAME": view})
    projection = TotalsProjection(
        InfrastructureFactory.construct(env=env).tracking_recorder(TotalsView))
    for happened, place in log():
        projection.process_event(happened, Tracking(Buttons.name, place))
    return projection.view.rows()


os.environ |= {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": sys.argv[2]}
if sys.argv[1] == "store":
    store(sys.argv[3])
elif sys.argv[1] == "rebuild":
    print(json.dumps(rebuild(int(sys.argv[3]) if len(sys.argv) > 3 else None)))
else:
    print(json.dumps(project(sys.argv[3])))
