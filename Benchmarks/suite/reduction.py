"""Rows about reduction: a planted failure of k needed events in a million, beside classic ddmin."""

from __future__ import annotations

from functools import partial

from process import run
from rows import Measured, Row, Sample, pair
from workshop import Workshop

NEEDED = (2, 5, 10, 30)


def reduced(bench: Workshop, needed: int, *more: str) -> Sample:
    """A reduction by ledger-bench, which states its seconds and fails above the replays it may cost."""
    done = run([bench.bin / "ledger-bench", "--bin", bench.bin, "--reduce", str(needed), *more])
    said = done.json()
    sample = Sample.of(done, said["seconds"], said["sequences"])
    sample.answer = tuple(said["sequences"])
    return sample


def planted(needed: int, bench: Workshop, rounds: int) -> Measured:
    """The same events must be left; how many were applied is the same in every round."""
    def cost(*more: str) -> str:
        said = run([bench.bin / "ledger-bench", "--bin", bench.bin, "--reduce", str(needed),
                    *more]).json()
        return f"{said['probes']} probes, {said['replays']:.2f} replays"
    return pair(
        rounds, "the events that are left", lambda: reduced(bench, needed),
        lambda: reduced(bench, needed, "--ddmin"), f"ours: {cost()}; ddmin: {cost('--ddmin')}")


ROWS = [
    Row(f"reduce-{needed}", f"reduce 1,000,000 presses to the {needed} that fail", "classic ddmin",
        "seconds, from the ledger to the events", partial(planted, needed))
    for needed in NEEDED
]
