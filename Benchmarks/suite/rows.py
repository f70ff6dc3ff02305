"""What a row of the table is, and how its two sides are measured in turn."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any, Callable

from process import Failure, Finished

SECONDS = "s"
RATE = "/s"


class NotMeasured(Exception):
    """What a row needs is not there; the message says what."""


@dataclass
class Sample:
    """One measurement: the figure that is compared, what it cost, and the answer it came to."""

    figure: float
    wall: float
    cpu: float | None
    peak_mb: float | None
    private_mb: float | None = None
    answer: Any = None

    @classmethod
    def of(cls, run: Finished, figure: float | None = None, answer: Any = None) -> "Sample":
        """A process; its figure is its time on the wall unless it stated one itself."""
        figure = run.wall if figure is None else figure
        return cls(figure, run.wall, run.cpu, run.peak_mb, run.private_mb, answer)


Side = Callable[[], Sample]


@dataclass
class Measured:
    """Both sides of a row, round by round, and what a reader of the figures should know."""

    ours: list[Sample]
    theirs: list[Sample]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A line of the table. `basis` says what the figure is, the same of both sides."""

    name: str
    title: str
    against: str
    basis: str
    measure: Callable[[Any, int], Measured]
    unit: str = SECONDS
    # At least so many times as fast as theirs; or, where it is set, at least so many a second.
    aim: float | None = None
    least: float | None = None

    def ratio(self, ours: float, theirs: float) -> float:
        """How many times as fast we are: above 1 is in our favour, whatever the unit."""
        return theirs / ours if self.unit == SECONDS else ours / theirs


def interleaved(rounds: int, *sides: Side) -> list[list[Sample]]:
    """Measures each side once a round, in turn, every second round in the other order."""
    found: list[list[Sample]] = [[] for _ in sides]
    order = list(enumerate(sides))
    for number in range(rounds):
        for place, side in order if number % 2 == 0 else reversed(order):
            found[place].append(side())
    return found


def same(what: str, ours: Any, theirs: Any) -> None:
    """Fails where two sides came to different answers: such figures would mean nothing."""
    if ours == theirs:
        return
    if isinstance(ours, list) and isinstance(theirs, list):
        for one, other in zip(ours, theirs):
            if one != other:
                raise Failure(f"{what}: ours is {one}, theirs {other}")
        raise Failure(f"{what}: ours has {len(ours)} parts, theirs {len(theirs)}")
    raise Failure(f"{what}: ours is {str(ours)[:300]}, theirs {str(theirs)[:300]}")


def pair(rounds: int, what: str, ours: Side, theirs: Side, *notes: str) -> Measured:
    """Two sides in turn whose answers must be the same in every round."""
    mine, other = interleaved(rounds, ours, theirs)
    for one, two in zip(mine, other):
        same(what, one.answer, two.answer)
    return Measured(mine, other, list(notes))


def median(samples: list[Sample]) -> float:
    """The median of the compared figures."""
    return statistics.median(sample.figure for sample in samples)
