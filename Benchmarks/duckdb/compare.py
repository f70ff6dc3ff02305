"""Loads a ledger's presses into DuckDB, checks that its results are ours, and times both in turns.

    compare.py --load LEDGER FOLDER               FOLDER has our results, store.sqlite; prints counts
    compare.py --measure BIN LEDGER FOLDER ROUNDS COUNTS
    compare.py --query DATABASE THREADS WAY [N]   one measurement, of the first N presses, a line of JSON

Loading is a process of its own: a child's peak memory is at least that of the process it was forked from.
"""

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
import zoneinfo

DAY = 86_400_000_000

BOWLS = """
SELECT f.feeder, b.bowl, count(*) AS dispenses,
       sum(CASE b.bowl WHEN 'left' THEN f.left_grams ELSE f.right_grams END) AS grams, max(p.time) AS last
FROM press p JOIN feeder f USING (device)
JOIN (VALUES (0, 'left'), (1, 'right'), (2, 'left'), (2, 'right')) b(click, bowl) USING (click)
GROUP BY f.feeder, b.bowl
"""

# The same, counted by device and click first: fewer rows to join.
BOWLS_FIRST = """
SELECT f.feeder, b.bowl, sum(c.n) AS dispenses,
       sum(c.n * CASE b.bowl WHEN 'left' THEN f.left_grams ELSE f.right_grams END) AS grams,
       max(c.last) AS last
FROM (SELECT device, click, count(*) AS n, max(time) AS last FROM press GROUP BY device, click) c
JOIN feeder f USING (device)
JOIN (VALUES (0, 'left'), (1, 'right'), (2, 'left'), (2, 'right')) b(click, bowl) USING (click)
GROUP BY f.feeder, b.bowl
"""

STATS = """
WITH feed AS (SELECT {feeder} AS feeder, p.time, p.click, {day} AS day FROM press p {joins}),
gap AS (SELECT *, time - lag(time) OVER (PARTITION BY feeder ORDER BY time, click) AS gap FROM feed)
SELECT feeder, day, count(*) FILTER (click = 0) AS single, count(*) FILTER (click = 1) AS double,
       count(*) FILTER (click = 2) AS long, min(time) AS first, max(time) AS last, max(gap) AS gap,
       count(*) FILTER (gap < 600000000) AS near
FROM gap GROUP BY feeder, day
"""

# Two ways to a local day: DuckDB's own zones (of the release that it carries, so some days may differ),
# and a table of each zone's offsets by UTC day (of this machine's release, as ours).
WAYS = {
    "icu": STATS.format(
        feeder="f.device", joins="JOIN feeder f USING (device)",
        day="datediff('day', DATE '1970-01-01', timezone(f.zone, make_timestamptz(p.time))::DATE)"),
    "offsets": STATS.format(
        feeder="f.device",
        joins="JOIN feeder f USING (device)"
        f" JOIN zone_day z ON z.zone = f.zone_number AND z.day = p.time // {DAY}",
        day=f"(p.time + CASE WHEN p.time < z.change THEN z.before ELSE z.after END) // {DAY}"),
}


def both(way, events=None):
    """One row of sums over every row of both results, as ledger-bench prints them; of the first presses
    alone where their number is given."""
    if events is not None:
        return both(way).replace("FROM press", f"FROM (SELECT * FROM press WHERE rowid < {events})")
    bowls = f"SELECT sum(dispenses), sum(grams) FROM ({BOWLS_FIRST})"
    if way == "bowls":
        return bowls
    return (f"SELECT a.*, b.* FROM ({bowls}) a, (SELECT count(*), sum(single + 2 * double + 3 * long),"
            " sum(first // 1000000), sum(last // 1000000), sum(gap // 1000000), sum(near)"
            f" FROM ({WAYS[way]})) b")


def query(database, threads, way, events=None):
    import duckdb
    connection = duckdb.connect(database, read_only=True)
    connection.execute(f"PRAGMA threads={threads}")
    connection.execute("SET TimeZone = 'UTC'")
    for _ in range(2):
        wall, processor = time.perf_counter(), time.process_time()
        sums = connection.execute(both(way, events)).fetchone()
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return {"seconds": wall, "processor": processor, "sums": [int(x) for x in sums]}


def offsets(zone, first, last):
    """Rows (UTC day, offset before, moment of change, offset after), in microseconds."""
    import datetime
    zone, utc = zoneinfo.ZoneInfo(zone), datetime.timezone.utc
    epoch = datetime.datetime(1970, 1, 1, tzinfo=utc)

    def offset(second):
        return int((epoch + datetime.timedelta(seconds=second)).astimezone(zone).utcoffset().total_seconds())

    before = offset(first * 86_400)
    for day in range(first, last + 1):
        low, high = day * 86_400, (day + 1) * 86_400
        after = offset(high)
        if after != before:
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == before else (low, middle)
        yield day, before * 1_000_000, high * 1_000_000, after * 1_000_000
        before = after


def load(ledger, database):
    """Puts the presses into a native table, in the ledger's order, and says how many there are."""
    import duckdb
    import numpy
    source = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)
    record = numpy.dtype([("time", "<i8"), ("device", "<u4"), ("content", "<u4")])
    segments = [numpy.frombuffer(body, record) for body, in
                source.execute("SELECT records FROM segment ORDER BY number")]
    done = source.execute("SELECT coalesce(max(last), 0) FROM segment").fetchone()[0]
    if sum(map(len, segments)) != done:
        sys.exit("the index lacks segments: run `replaylab index` first")
    rest = source.execute(
        "SELECT time, coalesce(device, 0), content FROM event WHERE sequence > ? ORDER BY sequence", (done,))
    records = numpy.concatenate(segments + [numpy.array(rest.fetchall(), record)])
    clicks = {"SINGLE": 0, "DOUBLE": 1, "LONG": 2}
    meaning = numpy.full(source.execute("SELECT max(code) FROM content").fetchone()[0] + 1, 3, "u1")
    for code, word in source.execute("SELECT code, detail ->> '$.click-type' FROM content"):
        meaning[code] = clicks.get(word, 3)
    click = meaning[records["content"]]
    pressed = click < 3
    press = {"time": records["time"][pressed], "device": records["device"][pressed], "click": click[pressed]}
    connection = duckdb.connect(database)
    connection.execute("CREATE TABLE press AS SELECT * FROM press")
    registered = source.execute(
        "SELECT d.code, c.detail FROM registration r JOIN event e USING (sequence)"
        " JOIN content c ON c.code = e.content JOIN device d ON d.code = e.device").fetchall()
    zones, rows = [], []
    for device, detail in registered:
        said = json.loads(detail)
        if said["time-zone"] not in zones:
            zones.append(said["time-zone"])
        rows.append((device, said["feeder"], said["time-zone"], zones.index(said["time-zone"]),
                     said["bowls"]["left"], said["bowls"]["right"]))
    if len({row[0] for row in rows}) != len(rows):
        sys.exit("a feeder moved: this comparison is of ledgers whose feeders stay where they are")
    connection.execute("CREATE TABLE feeder (device UINTEGER, feeder VARCHAR, zone VARCHAR,"
                       " zone_number UTINYINT, left_grams INTEGER, right_grams INTEGER)")
    connection.executemany("INSERT INTO feeder VALUES (?, ?, ?, ?, ?, ?)", rows)
    first, last = int(press["time"].min()) // DAY, int(press["time"].max()) // DAY
    table = [(number, *row) for number, zone in enumerate(zones) for row in offsets(zone, first, last)]
    columns = list(zip(*table))
    days = {name: numpy.array(column) for name, column in
            zip(("zone", "day", "before", "change", "after"), columns)}
    connection.execute("CREATE TABLE zone_day AS SELECT zone::UTINYINT AS zone, * EXCLUDE zone FROM days")
    connection.close()
    return len(press["time"])


def compare(database, store):
    """Ends the program where a row of DuckDB's results is not the row that our store has."""
    import duckdb
    connection = duckdb.connect(database, read_only=True)
    connection.execute("SET TimeZone = 'UTC'")
    ours = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    results = [("bowl totals", BOWLS), ("bowl totals, counted first", BOWLS_FIRST)]
    found = "SELECT feeder, bowl, dispenses, grams, last_dispense FROM bowl_totals_bowls WHERE dispenses > 0"
    for name, sql in results:
        theirs = connection.execute(
            f"SELECT feeder, bowl, dispenses, grams::BIGINT, {moment('last')} FROM ({sql})").fetchall()
        same(name, sorted(theirs), sorted(ours.execute(found)))
    # Not the days by DuckDB's own zones, which are of another release of the tz database than ours.
    connection.execute(
        f"CREATE TEMP TABLE day AS SELECT f.feeder AS name, d.* FROM ({WAYS['offsets']}) d"
        " JOIN feeder f ON f.device = d.feeder")
    for feeder, in connection.execute("SELECT feeder FROM feeder ORDER BY feeder").fetchall():
        theirs = connection.execute(
            "SELECT strftime(DATE '1970-01-01' + day::INTEGER, '%Y-%m-%d'), single, double, long,"
            f" {moment('first')}, {moment('last')}, gap // 1000000, near"
            " FROM day WHERE name = ? ORDER BY day", [feeder]).fetchall()
        same(f"days of {feeder}", theirs, ours.execute(
            'SELECT day, single, "double", "long", "first", "last", longest_gap_seconds, double_feeds'
            " FROM feeding_stats_days WHERE feeder = ? ORDER BY day", (feeder,)).fetchall())
    days = ours.execute("SELECT count(*) FROM feeding_stats_days").fetchone()[0]
    if days != connection.execute("SELECT count(*) FROM day").fetchone()[0]:
        sys.exit("we have days of feeders that DuckDB has not")
    return days


def moment(column):
    """A time as our store writes it: a fraction only where there is one."""
    def text(fraction):
        return f"strftime(make_timestamp({column}::BIGINT), '%Y-%m-%dT%H:%M:%S{fraction}Z')"
    return (f"CASE WHEN {column} % 1000000 = 0 THEN {text('')}"
            f" WHEN {column} % 1000 = 0 THEN {text('.%g')} ELSE {text('.%f')} END")


def same(what, theirs, ours):
    if theirs == ours:
        return
    for pair in zip(theirs, ours):
        if pair[0] != pair[1]:
            sys.exit(f"{what} differ: DuckDB has {pair[0]}, ours is {pair[1]}")
    sys.exit(f"{what} differ: DuckDB has {len(theirs)} rows, ours {len(ours)}")


def run(command):
    """The JSON that a process printed, with its peak memory in MB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command} ended with {status}")
    return {"peak": usage.ru_maxrss / 1024} | json.loads(out)


def measure(bin, ledger, folder, rounds, counts):
    database = os.path.join(folder, "presses.duckdb")
    presses, days = json.loads(counts)
    measured = {}
    for _ in range(rounds):
        for threads in (1, 2):
            once = [f"{bin}/ledger-bench", "--bin", bin, "--ledger", ledger, "--once", str(threads)]
            for name, command in (
                ("ours", once), ("ours, bowls", once + ["--bowls-only"]),
                *((f"DuckDB, {way}", [sys.executable, __file__, "--query", database, str(threads), way])
                  for way in WAYS),
                ("DuckDB, bowls", [sys.executable, __file__, "--query", database, str(threads), "bowls"]),
            ):
                measured.setdefault((name, threads), []).append(run(command))
            if len({tuple(measured[name, threads][-1]["sums"]) for name in ("ours", "DuckDB, offsets")}) > 1:
                sys.exit("the sums differ")
    print(f"{presses:,} presses, {days:,} days; all rows of both results are the same; {rounds} rounds\n")
    print("".ljust(44) + f"{'wall s':>9} {'CPU s':>9} {'M/s CPU':>9} {'peak MB':>9}")

    def median(name, threads, what):
        return statistics.median(one[what] for one in measured[name, threads])

    for (name, threads) in measured:
        wall, processor, peak = (median(name, threads, what) for what in ("seconds", "processor", "peak"))
        print(f"{name}, {threads} thread{'s' * (threads - 1)}".ljust(44)
              + f"{wall:>9.3f} {processor:>9.3f} {presses / processor / 1e6:>9.1f} {peak:>9.0f}")
    print()
    for threads in (1, 2):
        # The faster of DuckDB's two ways, by what one thread and two are measured by.
        what = "processor" if threads == 1 else "seconds"
        theirs = min(median(f"DuckDB, {way}", threads, what) for way in WAYS)
        ours = median("ours", threads, what)
        label = "processor time" if threads == 1 else "time on the wall"
        print(f"both results, {threads} thread{'s' * (threads - 1)}, {label}: DuckDB's / ours:"
              f" {theirs / ours:.2f} (aim 2)")


task, words = sys.argv[1], sys.argv[2:]
if task == "--load":
    database = os.path.join(words[1], "presses.duckdb")
    print(json.dumps([load(words[0], database), compare(database, os.path.join(words[1], "store.sqlite"))]))
elif task == "--measure":
    measure(*words[:3], int(words[3]), words[4])
else:
    print(json.dumps(query(words[0], int(words[1]), words[2], *map(int, words[3:]))))
