"""Where the benchmark works: programs, sizes, and the ledgers that several rows share."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from process import Failure, Finished, run
from rows import NotMeasured

ROOT = Path(__file__).resolve().parents[2]
SUITE = ROOT / "Benchmarks/suite"
SCENARIO = ROOT / "Benchmarks/million.yaml"
SEED = "7"


@dataclass(frozen=True)
class Scale:
    """How large the table's histories are. A year of the scenario is a million presses."""

    years: int
    simulated_years: int
    imported_lines: int
    rebuilt_events: int
    points: int
    full_points: int
    messages: int
    replayed_years: int
    # Devices of the growth histories, which are of 1, 4, 16 and 64 years.
    growth_feeders: int


SCALES = {
    "full": Scale(20, 5, 1_000_000, 100_000, 100, 10, 100_000, 1, 20),
    "small": Scale(1, 1, 100_000, 20_000, 20, 4, 20_000, 1, 2),
}


def say(text: str) -> None:
    """Tells whoever waits what goes on; the table alone goes to standard output."""
    print(text, file=sys.stderr, flush=True)


class Workshop:
    """Programs, a folder, and what was made in it so far. A file is made when a row first asks."""

    def __init__(self, bin: Path, tools: Path, folder: Path, scale: Scale) -> None:
        self.bin, self.tools, self.folder, self.scale = bin, tools, folder, scale
        self.remembered: dict[str, Any] = {}

    @property
    def lab(self) -> Path:
        return self.bin / "replaylab"

    @property
    def raw(self) -> Path:
        return self.bin / "rawloop"

    @property
    def python(self) -> Path:
        return self.tools / "python/bin/python"

    def peer(self, name: str) -> list[str | Path]:
        """The command of one of the Python programs beside us."""
        return [self.python, SUITE / "peers" / name]

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """What `make` comes to, worked out only once."""
        if key not in self.remembered:
            self.remembered[key] = make()
        return self.remembered[key]

    def file(self, name: str, make: Callable[[Path], object]) -> Path:
        """A file that is made only once; half of one is not left behind."""
        path = self.folder / name
        if not path.exists():
            say(f"  making {name}")
            try:
                make(path)
            except BaseException:
                clear(path)
                raise
        return path

    def simulate(self, path: Path, years: int, *more: str, scenario: Path = SCENARIO) -> Finished:
        """Makes a ledger anew."""
        clear(path)
        return run([self.lab, "simulate", "--scenario", scenario, "--years", str(years),
                    "--seed", SEED, "--ledger", path, "--json", *more])

    def ledger(self, years: int) -> Path:
        """A ledger of so many million presses, with its replay index."""
        return self.file(f"presses-{years}.ledger", lambda path: self.simulate(path, years))

    @property
    def history(self) -> Path:
        """The ledger that most rows read."""
        return self.ledger(self.scale.years)

    @property
    def history_of_rows(self) -> Path:
        """The same ledger without its replay index."""
        def make(path: Path) -> None:
            shutil.copyfile(self.history, path)
            run([self.lab, "index", "--ledger", path, "--drop"])
        return self.file(f"presses-{self.scale.years}-rows.ledger", make)

    def head(self, ledger: Path) -> int:
        """How many events a ledger has."""
        return self.once(f"head of {ledger}", lambda: int(run(
            ["sqlite3", ledger, "SELECT max(sequence) FROM event"]).output))

    def has(self, *words: str) -> bool:
        """Whether this program knows a command or an option, by its help."""
        try:
            text = run([self.lab, *words[:1], "--help"]).output
        except Failure:
            return False
        # An unknown command gets the program's own help.
        return f"USAGE: replaylab {words[0]}" in text and all(word in text for word in words)

    def need(self, *words: str) -> None:
        """Ends the row where this program does not know a command or an option."""
        if not self.has(*words):
            raise NotMeasured(f"this replaylab has no `{' '.join(words)}`")


def warm(path: Path) -> Path:
    """Reads a file through, so that what is measured next finds it in the page cache, as its peer did:
    a machine with little to do may have given it back meanwhile."""
    buffer = bytearray(1 << 20)
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass
    return path


def clear(path: Path) -> None:
    """Removes a SQLite file and what lies beside it."""
    for suffix in ("", "-wal", "-shm", "-lease", "-journal", ".snapshots"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
