"""Runs that share a process, one schedule after the other: what they may not change."""

from random import Random
from typing import Any

import pytest
from helpers.samples import HEAD, KILLS_1, SOLUTION, Tapped, creation, request

from grader.engine.evaluate import evaluate
from grader.engine.execution import Defences
from grader.engine.records import apart, read_answer
from grader.runner.loops import schedules
from grader.runner.protocol import Answer
from grader.sandbox.worker import Worker

SCHEDULES = tuple(one for one in schedules("virtual") if one.kind != "eager")


def shared(worker: Tapped) -> set[tuple[str, ...]]:
    """The schedules of each process that had several, and one variant."""
    found = [
        tuple(str(one) for one in request.schedules)
        for batch in worker.batches
        for request in batch
        if not request.later
    ]
    return {names for names in found if len(names) > 1}


def endings(answer: Answer, *tests: str) -> list[list[str]]:
    """How the tests ended under each schedule."""
    found = [read_answer(part, tests, 30).outcomes for part in apart(answer, len(SCHEDULES))]
    return [[outcomes[name].ending for name in tests] for outcomes in found]


# ------------------------------------------------------------------ in the process

SAYS_ITS_ORDER = """
import asyncio, random

async def test_order():
    order = []
    async def note(number):
        await asyncio.sleep(0)
        order.append(number)
    await asyncio.gather(*map(note, range(9)))
    raise ValueError(f"{order} {random.random()}")
"""


def test_each_schedule_is_what_it_is_alone(worker: Worker) -> None:
    """The order of tasks, and what is drawn at random, is that of a process of its own."""
    together, *alone = worker.run(
        request(SAYS_ITS_ORDER, schedules=some) for some in (SCHEDULES, *((s,) for s in SCHEDULES))
    )
    parts = apart(together, len(SCHEDULES))
    assert [part.records for part in parts] == [answer.records for answer in alone]
    assert len({str(part.records) for part in parts}) == len(SCHEDULES)


TEARS_DOWN = """
import pytest

living = []

@pytest.fixture(scope="{scope}", autouse=True)
def alive():
    living.append(1)
    yield
    living.pop()

def test_a():
    assert living == [1]

def test_b():
    assert living == [1]

async def test_c(alive, monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(pytest, "spoiled", 1, raising=False)
    assert list(tmp_path.iterdir()) == caplog.records == []
    (tmp_path / "file").touch()

def test_d():
    assert not hasattr(pytest, "spoiled")
"""


@pytest.mark.parametrize("scope", ["function", "module", "session"])
def test_everything_is_torn_down_between_two_schedules(worker: Worker, scope: str) -> None:
    """Whatever the scope of a fixture, each schedule begins with a new one."""
    (answer,) = worker.run([request(TEARS_DOWN.format(scope=scope), schedules=SCHEDULES)])
    tests = ["test_a", "test_b", "test_c", "test_d"]
    assert endings(answer, *tests) == [["passed"] * 4] * len(SCHEDULES)


def test_a_failure_ends_no_other_schedule(worker: Worker) -> None:
    """Nor does it take the tests after it along."""
    suite = "def test_a(): assert 0\ndef test_b(): pass"
    (answer,) = worker.run([request(suite, schedules=SCHEDULES)])
    assert endings(answer, "test_a", "test_b") == [["failed", "passed"]] * len(SCHEDULES)


# ------------------------------------------------------------------ what comes back

FOUND: dict[str, Any] = {"cases": 0, "collected": []}
FINISH: dict[str, Any] = {"finish": True}


def answered(*records: Any) -> Answer:
    return Answer(1, records, hung=False, status=0, malformed=False, overflow=False)


def test_an_answer_is_taken_apart() -> None:
    """What was said before the tests belongs to the first, and each is finished."""
    answer = answered({"skipped": "x"}, FOUND, FOUND, {"start": 0}, FINISH)
    assert apart(answer, 2) == [
        answered({"skipped": "x"}, FOUND, FINISH),
        answered(FOUND, {"start": 0}, FINISH),
    ]


@pytest.mark.parametrize(
    "records",
    [[], [FINISH], [FOUND, FINISH], [FOUND, FOUND], [FOUND, FOUND, FOUND, FINISH], [1, [], FINISH]],
    ids=str,
)
def test_what_did_not_come_to_its_end_does_not_count(records: list[Any]) -> None:
    """Too few schedules, too many, or no end."""
    assert apart(answered(*records), 2) == []


# ------------------------------------------------------------------ what it means for a mark

ONLY_WHEN_REPEATED = """
earlier = []

async def test_a_task_has_an_id():
    await asyncio.gather(create(), create())
    assert (await create()).task_id
    earlier.append(1)
    if len(earlier) > 1:
        {harm}
"""
HARM = {
    "fails": "assert False",
    "leaks": "asyncio.create_task(asyncio.sleep(1))",
    "hangs": "await asyncio.Event().wait()",
    "skips": "pytest.skip()",
    "exits": "pytest.exit('enough', returncode=0)",
    "dies": "asyncio.base_events.os._exit(0)",
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_what_fails_only_because_it_shares_is_run_alone(worker: Worker, harm: str) -> None:
    """pytest runs a test once in a process: what happens the second time is held against nobody."""
    tapped = Tapped(worker)
    found = evaluate(HEAD + ONLY_WHEN_REPEATED.format(harm=harm), creation, tapped)
    assert shared(tapped)
    assert [(test.verdict, test.kills) for test in found.tests] == [("valid", (1,))]


def test_what_a_suite_draws_when_it_is_imported_is_drawn_under_each(worker: Worker) -> None:
    """A suite that only one seed gives away is found out."""
    unlucky = Random(4).random()
    suite = f"import random\nDRAWN = random.random()\ndef test_a(): assert DRAWN != {unlucky}\n"
    found = evaluate(suite, creation, worker)
    assert [test.verdict for test in found.tests] == ["flaky"]


def test_who_fails_only_in_shared_processes_kills_nothing(worker: Worker) -> None:
    """Nor with a mutant."""
    suite = """
earlier = []

async def test_a():
    await asyncio.gather(create(), create())
    earlier.append(1)
    assert len(earlier) < 3
"""
    found = evaluate(HEAD + suite, creation, worker)
    assert [(test.verdict, test.kills) for test in found.tests] == [("valid", ())]


def test_mutants_share_as_correct_implementations_do(worker: Worker) -> None:
    """How many schedules there are tells nothing, and every correct one is among them."""
    suite = HEAD + "async def test_a():\n    await asyncio.gather(create(), create())\n"
    tapped = Tapped(worker)
    evaluate(suite, creation, tapped, defences=Defences(obfuscation=False))
    assert shared(tapped) == {tuple(str(one) for one in schedules("virtual"))}
    (screening,), alone, together = tapped.batches
    mutants = [str(patches) for patches in screening.later]
    correct = {str(request.patches) for request in alone}
    assert len(correct) == 1 + len(creation.alternatives)
    assert correct.isdisjoint(mutants)
    assert sorted(str(request.patches) for request in together) == sorted([*correct, *mutants])


TWO_TASKS = """
import asyncio

async def test_two_tasks():
    await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0))
"""


def test_under_the_real_clock_all_but_the_first_share(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late timers, too; what ends otherwise the next time has its first one alone."""
    monkeypatch.setattr(creation, "clock", "real")
    tapped = Tapped(worker)
    found = evaluate(TWO_TASKS, creation, tapped)
    assert {test.verdict for test in found.tests} == {"valid"}
    assert shared(tapped) == {tuple(str(one) for one in schedules("real")[1:])}


def test_correct_implementations_begin_where_they_had_a_choice(worker: Worker) -> None:
    """Where nothing survives their first schedule is not run again."""
    tapped = Tapped(worker)
    two = KILLS_1 + "    await asyncio.gather(create(), create())\n"
    assert evaluate(SOLUTION.replace(KILLS_1, two), creation, tapped).full
    assert shared(tapped) == {tuple(str(one) for one in schedules("virtual")[1:])}


def test_what_has_failed_already_begins_nothing_anew(worker: Worker) -> None:
    """Though a mutant does, it would fail there, and is no decoy: it has another set of tests."""
    suite = """
async def test_weak():
    await asyncio.gather(create(), create())

async def test_wrong():
    assert (await create()) is None
"""
    tapped = Tapped(worker)
    found = evaluate(HEAD + suite, creation, tapped)
    assert [test.verdict for test in found.tests] == ["valid", "wrong"]
    assert shared(tapped)
    assert all(
        request.tests == ("test_weak",)
        for batch in tapped.batches
        for request in batch
        if len(request.schedules) > 1 and not request.later
    )


def test_what_has_failed_already_shares_no_process(worker: Worker) -> None:
    """It would fail there, and have to be run alone once more."""
    tapped = Tapped(worker)
    evaluate(HEAD + "async def test_a():\n    assert (await create()) is None\n", creation, tapped)
    assert not shared(tapped)
