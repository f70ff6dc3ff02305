"""The same problems for Hypothesis: how often the minimum is reached, and mean evaluations.

    hypothesis_problems.py SEEDS SECONDS [PROBLEM…]     prints one JSON object a problem
"""

from __future__ import annotations

import json
import sys
from time import monotonic
from typing import Any, Callable

from hypothesis import HealthCheck, Phase, Verbosity, assume, given, seed, settings
from hypothesis import strategies as st

Check = Callable[[Any], bool]


def int16(values: list[int]) -> int:
    """A sum that runs over."""
    total = sum(values) & 0xFFFF
    return total - 0x10000 if total >= 0x8000 else total


def bound5(lists: list[list[int]]) -> bool:
    assume(all(int16(one) < 256 for one in lists))
    return int16([value for one in lists for value in one]) >= 5 * 256


def expression() -> st.SearchStrategy[Any]:
    return st.deferred(lambda: st.integers(-1000, 1000) | st.tuples(st.just("+"), TERM, TERM)
                       | st.tuples(st.just("/"), TERM, TERM))


TERM: st.SearchStrategy[Any] = st.deferred(expression)


def literal_zero(term: Any) -> bool:
    if isinstance(term, int):
        return False
    if term[0] == "/" and term[-1] == 0:
        return True
    return any(literal_zero(part) for part in term[1:])


def evaluate(term: Any) -> int:
    if isinstance(term, int):
        return term
    left, right = evaluate(term[1]), evaluate(term[2])
    return left + right if term[0] == "+" else left // right


def calculator(term: Any) -> bool:
    assume(not literal_zero(term))
    try:
        evaluate(term)
        return False
    except ZeroDivisionError:
        return True


@st.composite
def heaps(draw: Any, least: int = 0, depth: int = 6) -> Any:
    if depth == 0 or not draw(st.booleans()):
        return None
    value = draw(st.integers(least, 100))
    return (value, draw(heaps(value, depth - 1)), draw(heaps(value, depth - 1)))


def values(heap: Any) -> list[int]:
    return [] if heap is None else [heap[0]] + values(heap[1]) + values(heap[2])


def merged(a: Any, b: Any) -> Any:
    if a is None or b is None:
        return a if b is None else b
    if a[0] <= b[0]:
        return (a[0], merged(a[2], b), a[1])
    return (b[0], merged(b[2], a), b[1])


def binheap(heap: Any) -> bool:
    wrong = [] if heap is None else [heap[0]] + values(merged(heap[1], heap[2]))
    return wrong != sorted(values(heap))


def coupling(found: list[int]) -> bool:
    assume(all(value < len(found) for value in found))
    return any(found[i] != i and found[found[i]] == i for i in range(len(found)))


def deletion(pair: tuple[list[int], int]) -> bool:
    rest = list(pair[0])
    rest.remove(pair[1])
    return pair[1] in rest


INTEGERS = st.integers(-(1 << 31), 1 << 31)
TWO = st.tuples(st.integers(0, 1 << 31), st.integers(0, 1 << 31))
PROBLEMS: dict[str, tuple[st.SearchStrategy[Any], Check, Check]] = {
    "bound5": (st.lists(st.lists(st.integers(-32768, 32767), max_size=10), min_size=5, max_size=5),
               bound5, lambda found: sorted(sum(found, [])) == [-32768, -1]),
    "large_union_list": (st.lists(st.lists(INTEGERS, max_size=20), max_size=20),
                         lambda lists: len({v for one in lists for v in one}) > 4,
                         lambda lists: len(lists) == 1 and sorted(lists[0]) == [-2, -1, 0, 1, 2]),
    "reverse": (st.lists(INTEGERS), lambda found: found != found[::-1],
                lambda found: found == [0, 1]),
    "calculator": (TERM, calculator, lambda term: term == ("/", 0, ("+", 0, 0))),
    "binheap": (heaps(), binheap, lambda heap: sorted(values(heap)) == [0, 0, 0, 1]),
    "coupling": (st.lists(st.integers(0, 100), max_size=20), coupling,
                 lambda found: found == [1, 0]),
    "deletion": (st.lists(INTEGERS, min_size=1, max_size=20).flatmap(
        lambda found: st.tuples(st.just(found), st.sampled_from(found))), deletion,
        lambda pair: pair == ([0, 0], 0)),
    "difference_zero": (TWO, lambda two: two[0] >= 10 and two[0] == two[1],
                        lambda two: two == (10, 10)),
    "difference_small": (TWO, lambda two: two[0] >= 10 and 1 <= abs(two[0] - two[1]) <= 4,
                         lambda two: two == (10, 6)),
    "difference_one": (TWO, lambda two: two[0] >= 10 and abs(two[0] - two[1]) == 1,
                       lambda two: two == (10, 9)),
    "distinct": (st.lists(INTEGERS), lambda found: len(set(found)) >= 3,
                 lambda found: sorted(found) in ([-1, 0, 1], [0, 1, 2])),
    "lengthlist": (st.integers(1, 100).flatmap(
        lambda n: st.lists(st.integers(0, 1000), min_size=n, max_size=n)),
        lambda found: max(found) >= 900, lambda found: found == [900]),
    "nestedlists": (st.lists(st.lists(INTEGERS, max_size=20), max_size=20),
                    lambda lists: sum(map(len, lists)) > 10,
                    lambda lists: lists == [[0] * 11]),
}


def measure(name: str, seeds: int, seconds: float) -> dict[str, Any]:
    """One problem with each seed: evaluations are those after the first failure.

    No seed is begun when the seconds are over; the row says how many were run.
    """
    start, run = monotonic(), 0
    strategy, fails, is_minimal = PROBLEMS[name]
    found = minimal = evaluations = before = 0
    for number in range(1, seeds + 1):
        if run and monotonic() - start >= seconds:
            break
        run += 1
        state: dict[str, Any] = {"failed": False, "before": 0, "after": 0, "last": None}

        @seed(number)
        @settings(max_examples=10_000, database=None, deadline=None, verbosity=Verbosity.quiet,
                  phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
                  report_multiple_bugs=False)
        @given(strategy)
        def search(value: Any) -> None:
            if state["failed"]:
                state["after"] += 1
            else:
                state["before"] += 1
            if fails(value):
                state["failed"], state["last"] = True, value
                raise AssertionError

        try:
            search()
        except AssertionError:
            found += 1
            evaluations += state["after"]
            before += state["before"]
            minimal += bool(is_minimal(state["last"]))
    return {"problem": name, "seeds": run, "found": found, "minimal": minimal,
            "before": round(before / max(1, found), 1), "evaluations": round(evaluations / max(1, found), 1),
            "seconds": round(monotonic() - start, 1)}


if __name__ == "__main__":
    for problem in sys.argv[3:] or PROBLEMS:
        print(json.dumps(measure(problem, int(sys.argv[1]), float(sys.argv[2]))), flush=True)
