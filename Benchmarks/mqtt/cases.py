"""Ten cases of messages through both brokers: cases.py REPLAYLAB MQTTLOAD ROUNDS."""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "suite"))
import brokers  # noqa: E402
from process import Failure, run  # noqa: E402

DELIVERED = r" ([0-9]+) delivered/s"
MEDIAN, NINETY_NINTH = r" p50 ([0-9.]+) ", r" p99 ([0-9.]+) "

# Name, unit, what to take from mqttload's line, whether over the Unix socket, arguments.
CASES = [
    ("QoS 0, one to one", "messages/s", DELIVERED, False, "tput -q 0 -n 200000"),
    ("QoS 1, one to one", "messages/s", DELIVERED, False, "tput -q 1 -n 100000"),
    ("QoS 0, one to 100", "deliveries/s", DELIVERED, False, "tput -q 0 -s 100 -n 4000"),
    ("QoS 1, one to 100", "deliveries/s", DELIVERED, False, "tput -q 1 -s 100 -n 2000"),
    ("QoS 0, eight to one", "messages/s", DELIVERED, False, "tput -q 0 -p 8 -n 25000"),
    ("QoS 0, 10 kB", "messages/s", DELIVERED, False, "tput -q 0 -b 10000 -n 40000"),
    ("round trip, QoS 0", "µs", MEDIAN, False, "lat -q 0 -n 20000"),
    ("round trip, QoS 1", "µs", MEDIAN, False, "lat -q 1 -n 10000"),
    ("round trip, QoS 0, p99", "µs", NINETY_NINTH, False, "lat -q 0 -n 20000"),
    ("round trip, Unix socket", "µs", MEDIAN, True, "lat -q 0 -n 20000"),
]


def measure(load: str, broker: brokers.Broker, pattern: str, unix: bool, words: str) -> float:
    """One case on one broker; mqttload fails where a message is lost, doubled or out of order."""
    place = str(broker.socket) if unix else "127.0.0.1"
    said = run([load, place, str(broker.port), *words.split()]).output
    found = re.search(pattern, said)
    if not found:
        raise Failure(f"{broker.name}: mqttload {words} said {said}")
    return float(found[1])


def main(lab: str, load: str, rounds: int) -> None:
    """Prints the table, case by case; a ratio above 1 is in our favour, whatever the unit."""
    print(f"{'':26} {'mosquitto':>12} {'replaylab':>12} {'ratio':>9}")
    with (tempfile.TemporaryDirectory() as folder, brokers.ours(Path(lab), Path(folder)) as ours,
          brokers.mosquitto(Path(folder)) as theirs):
        for name, unit, pattern, unix, words in CASES:
            found = [[measure(load, broker, pattern, unix, words) for broker in (theirs, ours)]
                     for _ in range(rounds)]
            a, b = (statistics.median(column) for column in zip(*found))
            print(f"{name:26} {a:>12,.0f} {b:>12,.0f} {a / b if unit == 'µs' else b / a:>9.2f}"
                  f"  {unit}", flush=True)


try:
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
except Failure as failure:
    sys.exit(f"Benchmarks/mqtt/compare: {failure}")
