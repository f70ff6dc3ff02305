"""Rows about messages: matching of patterns, MQTT end to end, replays in memory and over sockets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Sequence

import brokers
from process import Failure, run
from rows import RATE, Measured, Row, Sample, interleaved, pair
from workshop import ROOT, Workshop

FIXTURES = ROOT / "Fixtures/eventbridge"
CATS = ROOT / "Fixtures/scenarios/two-cats-auckland.yaml"


def first_rules(bench: Workshop, source: str, count: int) -> Path:
    """The first so many rules of a fixture."""
    def make(path: Path) -> None:
        lines = (FIXTURES / source).read_text().splitlines(keepends=True)
        if len(lines) < count:
            raise Failure(f"{source} has {len(lines)} rules, not {count}")
        path.write_text("".join(lines[:count]))
    return bench.file(f"{count}-{source}", make)


def matched(bench: Workshop, rules: Path, *more: str | Path, times: int = 3) -> Sample:
    """Our matcher, by the rate that it states: the median of a few seconds, on one thread."""
    done = run([bench.lab, "pattern", "bench", "--json", "--rounds", str(times), "--rules", rules,
                "--events", FIXTURES / "events.jsonl", *more])
    return Sample.of(done, done.json()["eventsPerSecond"])


def patterns(bench: Workshop, rounds: int, source: str, count: int, *more: str | Path) -> Measured:
    """Matching, parsing included, beside parsing alone."""
    rules = first_rules(bench, source, count)

    def theirs() -> Sample:
        done = run([*bench.peer("parsing.py"), FIXTURES / "events.jsonl", "3"])
        return Sample.of(done, done.json()["eventsPerSecond"])
    mine, other = interleaved(rounds, lambda: matched(bench, rules, *more), theirs)
    notes = ["orjson only parses the lines"]
    if more:
        notes.append("every match is the expected one")
    return Measured(mine, other, notes)


def sent(bench: Workshop, broker: brokers.Broker, words: Sequence[str]) -> Sample:
    """One run of mqttload, which fails where a message is lost, doubled or out of order.

    The processor time and the peak memory are the broker's.
    """
    done = run([bench.tools / "mqttload", "127.0.0.1", str(broker.port), *words,
                "-P", str(broker.pid)])
    rate = re.search(r"([0-9]+) delivered/s", done.output)
    cpu = re.search(r"broker ([0-9.]+)s", done.output)
    if not rate or not cpu:
        raise Failure(f"mqttload said: {done.output}")
    return Sample(float(rate[1]), done.wall, float(cpu[1]), broker.peak_mb())


def mqtt(bench: Workshop, rounds: int, quality: int) -> Measured:
    """From one publisher to one subscriber, through brokers that both run all the time."""
    words = ["tput", "-q", str(quality), "-n", str(bench.scale.messages)]
    with brokers.ours(bench.lab, bench.folder) as ours, brokers.mosquitto(bench.folder) as theirs:
        return Measured(*interleaved(
            rounds, lambda: sent(bench, ours, words), lambda: sent(bench, theirs, words)), notes=[
                "every message arrived once and in order; memory and processor time are the brokers'"])


def replay(bench: Workshop, rounds: int, topology: str) -> Measured:
    """Both projections, every message audited; the peer only reads and translates."""
    ledger = bench.ledger(bench.scale.replayed_years)
    return pair(rounds, "events", lambda: replayed(bench, ledger, topology),
                lambda: translated(bench, ledger),
                "Python reads rows, spells events and translates them: no rules, broker, feeder, checks")


def replayed(bench: Workshop, ledger: Path, topology: str = "fleet") -> Sample:
    """A replay in memory that received what it expected, all of it."""
    done = run([bench.lab, "replay", "--ledger", ledger, "--json", "--topology", topology,
                "--replays", "publish" if topology == "fleet" else "topology",
                "--target", "cat-feeder", "--target", "bowl-totals", "--target", "feeding-stats"])
    said = done.json()
    messages = said["messages"]
    if not messages["accepted"] or not 0 < messages["received"] == messages["expected"]:
        raise Failure(f"the replay's messages are not as expected: {messages}")
    return Sample.of(done, answer=said["events"])


def translated(bench: Workshop, ledger: Path) -> Sample:
    """The peer of a replay."""
    done = run([*bench.peer("translating.py"), ledger])
    return Sample.of(done, answer=done.json()["events"])


def wire(bench: Workshop, rounds: int) -> Measured:
    """Five years of two cats over real sockets; transcripts equal the expectation, byte for byte."""
    ledger = bench.file("cats.ledger", lambda path: bench.simulate(path, 5, scenario=CATS))
    with brokers.mosquitto(bench.folder) as theirs:
        done = run([bench.bin / "wire-bench", "--ledger", ledger, "--json", "--rounds",
                    str(max(2, rounds)), "--mosquitto", f"mqtt://127.0.0.1:{theirs.port}"])
        peak = theirs.peak_mb()
    said = done.json()

    def samples(name: str, peak_mb: float) -> list[Sample]:
        return [Sample(rate, said["messages"] / rate, None, peak_mb) for rate in said[name]]
    return Measured(samples("lockStep", done.peak_mb), samples("mosquitto", peak), [
        f"{said['messages']:,} messages; transcripts equal the expectation in every round",
        "our memory is of ledger, function, broker and feeder in one process, mosquitto's its own"])


PROCESS = "seconds on the wall of the whole process, both"
STATED = "events a second, as both state them, 1 thread"
MIXED = ("--expected", FIXTURES / "expected-matches.jsonl")

ROWS = [
    Row("patterns-1", "pattern matching, 1 rule", "orjson parsing the same lines", STATED,
        lambda bench, rounds: patterns(bench, rounds, "rules.jsonl", 1), RATE, aim=1),
    Row("patterns-mixed", "pattern matching, 300 mixed rules", "orjson parsing the same lines", STATED,
        lambda bench, rounds: patterns(bench, rounds, "rules.jsonl", 300, *MIXED), RATE,
        least=10_000),
    Row("patterns-exact", "pattern matching, 300 exact rules", "orjson parsing the same lines", STATED,
        lambda bench, rounds: patterns(bench, rounds, "rules-exact.jsonl", 300), RATE,
        least=300_000),
    Row("mqtt-0", "MQTT end to end, QoS 0", "mosquitto", "messages a second, same client",
        lambda bench, rounds: mqtt(bench, rounds, 0), RATE, aim=1),
    Row("mqtt-1", "MQTT end to end, QoS 1", "mosquitto", "messages a second, same client",
        lambda bench, rounds: mqtt(bench, rounds, 1), RATE, aim=1),
    Row("wire", "replay over sockets, in lock step", "mosquitto, same clients",
        "messages a second of a whole replay", wire, RATE),
    Row("replay", "replay in memory, audited, 585 feeders", "Python: read, spell, translate", PROCESS,
        lambda bench, rounds: replay(bench, rounds, "fleet")),
    Row("replay-one", "replay in memory, audited, one feeder", "Python: read, spell, translate",
        PROCESS, lambda bench, rounds: replay(bench, rounds, "deployed")),
]
