"""Screening: one process meets the reference and then the mutants, and only makes suspects."""

import pytest
from helpers.samples import FIFO, HEAD, KILLS_1, SOLUTION, Tapped, creation

from grader.engine.evaluate import evaluate
from grader.engine.execution import Defences
from grader.engine.records import completed
from grader.runner.patch import Patch
from grader.runner.protocol import Answer, Request
from grader.sandbox.worker import Worker

MODULE = "vespera_scriptorium.domain.errors"


def saying(text: str) -> tuple[Patch, ...]:
    """A variant that gives every error this reason."""
    return (Patch(MODULE, "", f"def reason(error):\n    return {text!r}\n"),)


def several(suite: str, *texts: str, limit: float = 60) -> Request:
    """A process that meets several variants, one after the other."""
    return Request(
        *(suite, None, saying(texts[0]), False, (FIFO,) * len(texts)),
        *("virtual", min(limit, 5), limit),
        later=tuple(map(saying, texts[1:])),
    )


SAYS_WHICH = """
from vespera_scriptorium.domain import errors

def test_a():
    pass

def test_b():
    raise ValueError(errors.reason(ValueError()))
"""


def said(answer: Answer, number: int) -> list[list[str]]:
    """What the tests have failed with, variant by variant."""
    return [
        [record["message"] for record in part.records if record.get("message")]
        for part in completed(answer, number)
    ]


# ------------------------------------------------------------------ in the process


def test_every_variant_is_met_in_its_turn(worker: Worker) -> None:
    """Each is what it would be in a process of its own."""
    (answer,) = worker.run([several(SAYS_WHICH, "one", "two", "three")])
    assert said(answer, 3) == [[f"line 8: ValueError: {n}"] for n in ("one", "two", "three")]


def test_functions_that_the_suite_has_imported_change(worker: Worker) -> None:
    """By whatever name it knows them."""
    suite = SAYS_WHICH.replace(
        "from vespera_scriptorium.domain import errors",
        "from vespera_scriptorium.domain.errors import reason as why",
    ).replace("errors.reason", "why")
    (answer,) = worker.run([several(suite, "one", "two")])
    assert said(answer, 2) == [[f"line 8: ValueError: {n}"] for n in ("one", "two")]


LOOKS_FOR_LATER = """
import re
from vespera_scriptorium.domain import errors

def test_a():
    pass

def test_b():
    now = errors.reason(ValueError())
    every = {b"MARK-" + str(number).encode() for number in range(3)}
    found = set()
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            start, end, rights = re.match(r"(\\w+)-(\\w+) (\\S+)", line).groups()
            if rights.startswith("rw") and "[v" not in line:
                memory.seek(int(start, 16))
                content = memory.read(int(end, 16) - int(start, 16))
                found |= {mark for mark in every if mark + b"." in content}
    raise ValueError(f"{now} {len(found)}")
"""


def test_later_variants_are_not_in_the_process_before_they_are_due(worker: Worker) -> None:
    """Whoever reads all of the memory finds those that have been met, and no other."""
    marks = [f"MARK-{number}." for number in range(3)]
    (answer,) = worker.run([several(LOOKS_FOR_LATER, *marks)])
    assert said(answer, 3) == [
        [f"line 19: ValueError: {mark} {number}"] for number, mark in enumerate(marks, start=1)
    ]


def test_where_nothing_passes_no_other_variant_is_met(worker: Worker) -> None:
    """Nothing there could kill."""
    suite = SAYS_WHICH.replace("pass", "assert 0")
    (answer,) = worker.run([several(suite, "one", "two")])
    assert len(said(answer, 2)) == 1
    assert answer.records[-1] == {"finish": True}


ENDS_IN_THE_THIRD = """
from vespera_scriptorium.domain import errors
import os, time

def test_a():
    if errors.reason(ValueError()) == "three":
        {end}

def test_b():
    raise ValueError(errors.reason(ValueError()))
"""


@pytest.mark.parametrize("end", ["os._exit(0)", "os._exit(3)", "time.sleep(99)"])
def test_what_came_to_its_end_before_the_process_is_kept(worker: Worker, end: str) -> None:
    """Killed or gone: the first two have been met, and the third and the fourth have not."""
    variants = ("one", "two", "three", "four")
    (answer,) = worker.run([several(ENDS_IN_THE_THIRD.format(end=end), *variants)])
    assert said(answer, 4) == [[f"line 10: ValueError: {n}"] for n in ("one", "two")]


def test_who_asks_for_all_at_once_gets_them_and_goes_on(worker: Worker) -> None:
    """A suite that speaks for the grader stops nobody but itself."""
    asks = """
import os

def test_a():
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b'{"ready": true}\\n' * 2000)
        except OSError:
            pass
"""
    source = "x" * 3000
    answers = worker.run([several(asks, *[source] * 40), several(SAYS_WHICH, "one", "two")])
    assert said(answers[1], 2) == [[f"line 8: ValueError: {n}"] for n in ("one", "two")]


# ------------------------------------------------------------------ what it means for a mark


class Cores(Tapped):
    """A worker with some number of cores."""

    def __init__(self, worker: Worker, cores: int) -> None:
        super().__init__(worker)
        self.children = cores


@pytest.mark.parametrize(("cores", "later"), [(1, [4]), (2, [2, 2]), (8, [2, 2])])
def test_the_first_batch_screens_every_mutant_once(
    worker: Worker, cores: int, later: list[int]
) -> None:
    """One process for each core that helps, each led by the reference."""
    tapped = Cores(worker, cores)
    assert evaluate(SOLUTION, creation, tapped, defences=Defences(obfuscation=False)).full
    first, *others = tapped.batches
    assert [len(request.later) for request in first] == later
    assert len({str(patches) for request in first for patches in request.later}) == 4
    assert not any(request.later for batch in others for request in batch)


def test_a_suspect_is_confirmed_alone_and_a_survivor_tried_alone(worker: Worker) -> None:
    """Each mutant is met in a process of its own before a verdict, whatever the screening says."""
    tapped = Tapped(worker)
    found = evaluate(HEAD + KILLS_1, creation, tapped, defences=Defences(obfuscation=False))
    assert [test.kills for test in found.tests] == [(1,)]
    (screening,), *others = tapped.batches
    alone = [request.patches for batch in others for request in batch]
    assert all(patches in alone for patches in screening.later)


LEAVES_OUT = """
import pytest

@pytest.fixture(autouse=True)
def alone(request):
    del request.session.items[1:]

def test_a():
    assert True

async def test_b():
    assert (await create()).task_id
"""


def test_what_was_not_run_in_the_screening_is_run_alone(worker: Worker) -> None:
    """A suite may take its own tests from pytest's list."""
    found = evaluate(HEAD + LEAVES_OUT, creation, worker)
    assert [(test.verdict, test.kills) for test in found.tests] == [("valid", ()), ("valid", (1,))]


def test_what_fails_on_the_reference_makes_no_suspect(worker: Worker) -> None:
    """It is not valid, so nothing is to be confirmed: each mutant has one process more."""
    tapped = Tapped(worker)
    suite = HEAD + "\ndef test_wrong():\n    assert 0\n\ndef test_weak():\n    pass\n"
    found = evaluate(suite, creation, tapped, defences=Defences(obfuscation=False))
    assert [test.verdict for test in found.tests] == ["wrong", "valid"]
    (screening,), *others = tapped.batches
    alone = [request.patches for batch in others for request in batch]
    assert [alone.count(patches) for patches in screening.later] == [1, 1, 1, 1]


STATE = """
earlier = []

async def test_a():
    earlier.append((await create()).task_id)
    assert len(earlier) < 2

async def test_b():
    assert (await create()).task_id
"""


def test_an_honest_suite_with_a_state_of_its_own_keeps_its_verdict(worker: Worker) -> None:
    """What it leaves from one variant to the next is held against nobody."""
    found = evaluate(HEAD + STATE, creation, worker)
    assert [(test.verdict, test.kills) for test in found.tests] == [("valid", ()), ("valid", (1,))]


# ------------------------------------------------------------------ what comes back


def answered(*records: object, status: int | None = 0, malformed: bool = False) -> Answer:
    return Answer(1, records, status is None, status, malformed, overflow=False)


FOUND = {"cases": 0, "collected": []}
FINISH = {"finish": True}


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        (answered(FOUND, FINISH), 1),
        (answered({"broken": "x"}, FINISH), 1),
        (answered(FOUND, status=None), 1),
        (answered(FOUND, FOUND, FINISH), 2),
        (answered(FOUND, FOUND, status=None), 1),
        (answered(FOUND, FOUND, FOUND, status=7), 2),
        (answered(FOUND, FOUND, FOUND, FOUND, FINISH), 0),
        (answered(FOUND, FOUND, FINISH, malformed=True), 0),
    ],
    ids=str,
)
def test_only_what_is_complete_counts(answer: Answer, parts: int) -> None:
    """Except for the first, which is read as if it had been alone; too many are none."""
    found = completed(answer, 3)
    assert len(found) == parts
    assert found in ([], [answer]) or all(part.records[-1] == FINISH for part in found)
