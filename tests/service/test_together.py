"""Small lookups that wait at the same time are decided together, and none notices the others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

import matcher
from matcher.errors import TravellerError
from matcher.records import Document, Traveller
from service.limits import WorkQueue
from service.problems import BusyError
from service.questions import Question
from service.together import MOST_TRAVELLERS, Together
from tests.cli.runner import write_lists


class Slow:
    """A watchlist that answers when it is let, and remembers how many travellers came in each batch."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.go = threading.Event()

    def lookup_batch(self, travellers: Sequence[Traveller]) -> list[Any]:
        """Answer with the references."""
        self.go.wait(10)
        self.batches.append(len(travellers))
        references = [traveller.reference for traveller in travellers]
        if "bad" in references:
            raise TravellerError("traveller refused; give a name")
        if "fault" in references:
            raise ZeroDivisionError
        return references


def asked(*references: str) -> Question:
    """A question about travellers."""
    return Question([Traveller(names=["A"], reference=reference) for reference in references])


async def gathered(
    together: Together, questions: Sequence[Question], watchlists: Sequence[Slow], *, leaves: int | None = None
) -> list[Any]:
    """Ask one, then all others at once; let the watchlists go when everything waits; return answers and errors."""
    tasks = []
    for at, (watchlist, question) in enumerate(zip(watchlists, questions, strict=True)):
        tasks.append(asyncio.create_task(together.decide(cast(Any, watchlist), question)))
        if at in {0, len(questions) - 1}:
            await asyncio.sleep(0.05)
    if leaves is not None:
        tasks[leaves].cancel()
    for watchlist in watchlists:
        watchlist.go.set()
    return await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)


def run(questions: Sequence[Question], slow: Slow, **options: Any) -> list[Any]:
    """The same for one watchlist."""
    return asyncio.run(gathered(Together(WorkQueue(4, 100)), questions, [slow] * len(questions), **options))


def test_what_waits_is_one_batch() -> None:
    """The first goes alone; the others have waited meanwhile and go together, each with its own answer."""
    slow = Slow()
    found = run([asked("a"), asked("b", "c"), *(asked(str(at)) for at in range(10))], slow)
    assert found == [["a"], ["b", "c"], *([str(at)] for at in range(10))]
    assert slow.batches == [1, 12]


def test_a_batch_has_an_end() -> None:
    """No batch holds more travellers than one may."""
    slow = Slow()
    found = run([asked(f"{at}a", f"{at}b", f"{at}c") for at in range(30)], slow)
    assert found == [[f"{at}a", f"{at}b", f"{at}c"] for at in range(30)]
    assert sum(slow.batches) == 90
    assert max(slow.batches) <= MOST_TRAVELLERS
    assert slow.batches == [3, 30, 30, 27]


def test_another_watchlist_is_another_batch() -> None:
    """Requests of another preset or caller are answered by their own watchlist."""
    one, other = Slow(), Slow()
    found = asyncio.run(
        gathered(
            Together(WorkQueue(4, 100)),
            [asked(str(at)) for at in range(7)],
            [one, other, one, other, one, other, one],
        )
    )
    assert found == [[str(at)] for at in range(7)]
    assert (sorted(one.batches), sorted(other.batches)) == ([1, 3], [3])


def test_a_refused_traveller_concerns_only_its_request() -> None:
    """The others of its batch are decided."""
    found = run([asked("a"), asked("b"), asked("bad"), asked("c")], Slow())
    assert [found[at] for at in (0, 1, 3)] == [["a"], ["b"], ["c"]]
    assert isinstance(found[2], TravellerError)


def test_a_fault_ends_its_batch_and_no_other() -> None:
    """Whatever goes wrong, nobody waits for ever, and the next request is answered."""

    async def ask() -> list[Any]:
        together, slow = Together(WorkQueue(4, 100)), Slow()
        first = await gathered(together, [asked("a"), asked("b"), asked("fault")], [slow] * 3)
        return [*first, *await gathered(together, [asked("c")], [slow])]

    found = asyncio.run(ask())
    assert found[0] == ["a"]
    assert [type(one) for one in found[1:3]] == [ZeroDivisionError, ZeroDivisionError]
    assert found[3] == ["c"]


def test_who_leaves_is_not_asked_for() -> None:
    """A caller that leaves while it waits is left out; the others are answered."""
    slow = Slow()
    found = run([asked("a"), asked("b"), asked("c")], slow, leaves=1)
    assert (found[0], found[2]) == (["a"], ["c"])
    assert isinstance(found[1], asyncio.CancelledError)
    assert slow.batches == [1, 1]


@pytest.mark.parametrize("wrong", ["none", "bad", "fault"])
def test_documents_of_one_round_are_one_batch(wrong: str) -> None:
    """They wait for no thread; a refused one concerns only its request, a fault all of the round."""
    questions = [
        Question([Traveller(documents=[Document("X1", "UTO")], reference=reference)])
        for reference in ("a", "b", wrong, "c")
    ]

    async def ask() -> tuple[list[Any], list[int]]:
        together, slow = Together(WorkQueue(1, 0)), Slow()
        slow.go.set()
        decided = (together.decide(cast(Any, slow), question) for question in questions)
        found = await asyncio.gather(*decided, return_exceptions=True)
        return [*found, *await together.decide(cast(Any, slow), questions[0])], slow.batches

    found, batches = asyncio.run(ask())
    assert all(question.is_quick for question in questions)
    if wrong == "fault":
        assert [type(one) for one in found[:4]] == [ZeroDivisionError] * 4
    else:
        assert [found[at] for at in (0, 1, 3)] == [["a"], ["b"], ["c"]]
        assert isinstance(found[2], TravellerError) == (wrong == "bad")
    assert found[4:] == ["a"]
    assert batches == ([4, 1, 1, 1, 1, 1] if wrong == "bad" else [4, 1])


def test_places_are_taken_by_who_waits() -> None:
    """Beyond the queue a request is turned away at once."""
    slow = Slow()
    found = asyncio.run(gathered(Together(WorkQueue(1, 2)), [asked(str(at)) for at in range(4)], [slow] * 4))
    assert found[:3] == [["0"], ["1"], ["2"]]
    assert isinstance(found[3], BusyError)


def test_answers_are_the_library_s(tmp_path: Path) -> None:
    """Travellers asked together are decided as each by itself."""
    write_lists(tmp_path)
    store = matcher.Store(tmp_path / "store")
    store.import_list("s", format="mapped-csv", path=tmp_path / "people.csv", mapping=tmp_path / "people.toml")
    watchlist = store.open()
    names = ["ABDELRAHMAN YOUSSEF", "Zebulon Quartermain", "يوسف عبد الرحمن", "Anna Eriksson", "ANYONE"]
    travellers = [
        Traveller(names=[name], birth_date=date, reference="x") for name in names for date in ("1971-03-02", None)
    ]

    async def ask() -> list[Any]:
        together = Together(WorkQueue(2, 100))
        return await asyncio.gather(*(together.decide(watchlist, Question([one])) for one in travellers))

    decisions = asyncio.run(ask())
    for traveller, (decision,) in zip(travellers, decisions, strict=True):
        alone = watchlist.lookup(traveller, decided_at=decision.decided_at)
        assert decision.to_dict() == alone.to_dict()


@pytest.mark.parametrize("count", [1, 5])
def test_nothing_is_left_behind(count: int) -> None:
    """After its last request it holds nothing, and starts again."""

    async def ask() -> int:
        together, slow = Together(WorkQueue(2, 100)), Slow()
        slow.go.set()
        for _ in range(3):
            await asyncio.gather(*(together.decide(cast(Any, slow), asked(str(at))) for at in range(count)))
            await asyncio.sleep(0)
            assert together._names._task is None
        return sum(slow.batches)

    assert asyncio.run(ask()) == 3 * count
