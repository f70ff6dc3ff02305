"""The data dictionary: every table and column, once. README, datapackage.json and croissant.json say it."""

from typing import NamedTuple


class Column(NamedTuple):
    name: str
    kind: str  # integer, string, boolean, date, datetime (UTC), localtime (no offset)
    unit: str
    text: str
    required: bool = True
    among: tuple = ()


class Table(NamedTuple):
    name: str
    text: str
    key: tuple
    columns: tuple
    references: tuple = ()  # (column, table, column)

    @property
    def file(self):
        return self.name + ".csv"


FEEDERS = ("auckland", "berlin", "new-york")
CLICKS = ("SINGLE", "DOUBLE", "LONG")


def click(text):
    return Column("click", "string", "", text, among=CLICKS)


def whole(name, unit, text, required=True):
    return Column(name, "integer", unit, text, required)


def flag(name, text):
    return Column(name, "boolean", "", text)


DEVICE = Column("device", "string", "", "the button")
FEEDER = Column("feeder", "string", "", "the feeder, one in each household", among=FEEDERS)

TABLES = (
    Table(
        "devices", "one row a button: the feeder that it works", ("device",),
        (
            Column("device", "string", "", "the button's id"), FEEDER,
            Column("time_zone", "string", "", "where the feeder stands, a name of the tz database"),
            whole("left_grams", "g", "what a dispense into the left bowl holds"),
            whole("right_grams", "g", "what a dispense into the right bowl holds"),
        ),
    ),
    Table(
        "presses", "one row a press as it was reported: what the ledger holds, mishaps and all",
        ("sequence",),
        (
            whole("sequence", "", "the event's place in the ledger; gaps are events that are no presses"),
            Column("id", "string", "", "the event's id, a UUID"),
            Column("time", "datetime", "UTC", "when it happened, by the button's own clock"),
            Column("recorded", "datetime", "UTC", "when the ledger took it in; never falls"),
            Column("local_time", "localtime", "local", "`time` on the wall clock where the feeder stands"),
            FEEDER, DEVICE,
            click("SINGLE fills the left bowl, DOUBLE the right, LONG both"),
        ),
        (("device", "devices", "device"),),
    ),
    Table(
        "feeds", "one row a press as it really happened, were nothing ever to go wrong on its way",
        ("id",),
        (
            Column("id", "string", "", "the id that the press's event has where nothing goes wrong"),
            Column("time", "datetime", "UTC", "when the button was pressed"),
            Column("local_time", "localtime", "local", "the same on the wall clock where the feeder stands"),
            FEEDER, DEVICE, click("what was pressed"),
            whole("left_grams", "g", "food for the left bowl"),
            whole("right_grams", "g", "food for the right bowl"),
            whole("gap_ms", "ms", "time since the feeder's feed before; empty for its first", False),
        ),
        (("device", "devices", "device"),),
    ),
    Table(
        "mishaps",
        "one row a report that is not what it seems, and one for each press that was never reported. "
        "A press without a row here is what it says, and its id stands in feeds",
        (),
        (
            whole("sequence", "", "the report in presses; empty where there is none", False),
            Column("feed", "string", "", "the real press that it is a report of"),
            flag("again", "a real press that follows another within four seconds (children): no fault"),
            flag("late", "the report came minutes to days after the press"),
            flag("duplicate", "the same press reported once more, by another event"),
            flag("split", "half of a DOUBLE that came as two SINGLE"),
            flag("skewed", "the button's clock is off, always by the same"),
            flag("unset", "the button's clock told a time of 1970-01-01"),
            flag("lost", "the battery was dead: no report"),
        ),
        (("sequence", "presses", "sequence"), ("feed", "feeds", "id")),
    ),
    Table(
        "days", "one row a local day of a feeder on which it fed: the table of `feeding-stats`, twice",
        ("history", "feeder", "day"),
        (
            Column("history", "string", "", "of what was reported, or of what really happened",
                   among=("reported", "true")),
            FEEDER, Column("day", "date", "local", "the day where the feeder stands"),
            whole("feeds", "", "how many feeds"), whole("single", "", "how many of them were SINGLE"),
            whole("double", "", "… DOUBLE"), whole("long", "", "… LONG"),
            Column("first", "datetime", "UTC", "the day's first feed"),
            Column("last", "datetime", "UTC", "the day's last feed"),
            whole("longest_gap_seconds", "s", "the longest time between two feeds of those that end on this "
                  "day; empty where there is no feed before", False),
            whole("double_feeds", "", "feeds that came less than 10 minutes after the one before"),
        ),
    ),
    Table(
        "bowls", "one row a Monday (00:00 UTC), a view, a feeder and a bowl: what the store of `bowl-totals` "
        "would have said", ("at", "view", "feeder", "bowl"),
        (
            Column("at", "datetime", "UTC", "the moment that is asked for"),
            Column("view", "string", "", "`until`: from all that had happened by then; `as-of`: from all that "
                   "was recorded by then", among=("until", "as-of")),
            FEEDER, Column("bowl", "string", "", "the bowl", among=("left", "right")),
            whole("dispenses", "", "how often it was filled, ever"), whole("grams", "g", "with how much, ever"),
            Column("last_dispense", "datetime", "UTC", "when last", False),
        ),
    ),
)
