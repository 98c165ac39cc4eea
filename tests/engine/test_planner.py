"""The hunt: which failures kill a mutant, how often they must happen, and under which schedules."""

from random import Random

import pytest
from helpers.course import ROOT
from helpers.samples import HEAD, KILLS_1, SOLUTION, Grade, Tapped, creation

from grader.bank import exercises
from grader.course.notebooks import solution
from grader.engine.evaluate import evaluate
from grader.engine.execution import Defences, Executor
from grader.engine.planner import Run
from grader.engine.suite import read
from grader.report import Report
from grader.runner.loops import Schedule, schedules
from grader.runner.protocol import Answer, Request
from grader.sandbox.worker import Worker

NOT_OBFUSCATED = Defences(obfuscation=False)


def kills(report: Report) -> dict[str, tuple[int, ...]]:
    """Which mutants each test kills."""
    return {test.name: test.kills for test in report.tests}


def test_a_solution_kills_every_mutant(grade: Grade) -> None:
    """Full marks, and each test kills the mutant that it is there for."""
    found = grade(SOLUTION)
    assert found.full
    assert found.mutation_score == 1
    assert list(kills(found).values()) == [(1,), (2,), (2, 3), (4,)]


PHASES = (
    HEAD
    + """
@pytest.fixture
async def created():
    result = await create()
    assert result.task_id
    return result

async def test_fails_in_setup(created):
    pass

@pytest.fixture
async def looked_at_later():
    result = await create()
    yield
    assert result.task_id

async def test_fails_in_teardown(looked_at_later):
    pass
"""
)


def test_which_phases_kill(grade: Grade) -> None:
    """A test that fails in its teardown kills, one that fails in its setup does not."""
    assert kills(grade(PHASES)) == {"test_fails_in_setup": (), "test_fails_in_teardown": (1,)}


def test_an_exercise_may_let_the_setup_kill(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the setup is what is tested, a failure there kills."""
    monkeypatch.setattr(creation, "setup_kills", True)
    assert kills(grade(PHASES)) == {"test_fails_in_setup": (1,), "test_fails_in_teardown": (1,)}


NO_KILLS = (
    HEAD
    + """
async def test_hangs_on_a_mutant():
    assert (await create(title="")).success

async def test_skips_on_a_mutant():
    if not (await create()).task_id:
        pytest.skip()

async def test_expects_to_fail_on_a_mutant():
    if not (await create()).task_id:
        pytest.xfail()

async def test_dies_on_a_mutant():
    if not (await create()).task_id:
        asyncio.base_events.os._exit(1)

async def test_leaks_on_a_mutant():
    if not (await create()).task_id:
        asyncio.create_task(asyncio.sleep(1))
"""
)


@pytest.fixture(scope="module")
def without_kills(grade: Grade) -> Report:
    """What the suite above is worth."""
    return grade(NO_KILLS)


def test_what_is_no_kill(without_kills: Report) -> None:
    """A hang, a skip, an expected failure, the end of the process and a leak kill nothing."""
    assert {test.verdict for test in without_kills.tests} == {"valid"}
    assert set(kills(without_kills).values()) == {()}


def test_hint_for_a_hang(without_kills: Report) -> None:
    """A test that waits for ever on a mutant is told to give the wait a deadline."""
    hangs, *others = without_kills.tests
    assert hangs.message is not None
    assert "give the wait a deadline with asyncio.timeout" in hangs.message
    assert {test.message for test in others} == {None}


class Once(Tapped):
    """A worker in which the first failure of a test on a mutant does not happen again.

    Nor does one in a screening.
    """

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker)
        self._seen: set[str] = set()

    def answer(self, request: Request, answer: Answer) -> Answer:
        key = str((request.patches, request.schedules))
        if key in self._seen:
            for record in answer.records:
                if record.get("outcome") == "failed":
                    record |= {"outcome": "passed", "message": None}
        self._seen.add(key)
        self._seen |= {str((patches, request.schedules[:1])) for patches in request.later}
        return answer


KILLS_1_UNDER_EVERY_SCHEDULE = """
async def test_tasks_have_ids():
    for result in await asyncio.gather(create(), create()):
        assert result.task_id is not None
"""


@pytest.mark.parametrize(
    ("test", "verdict"),
    [
        (KILLS_1, "valid"),  # what happens once may be due to the screening, or to eager tasks
        (KILLS_1_UNDER_EVERY_SCHEDULE, "flaky"),
    ],
)
def test_a_kill_must_reproduce(worker: Worker, test: str, verdict: str) -> None:
    """What fails on a mutant, and not when it runs again, kills nothing; twice, and it is flaky."""
    found = evaluate(HEAD + test, creation, Once(worker), defences=NOT_OBFUSCATED)
    assert [test.verdict for test in found.tests] == [verdict]
    assert found.killed == 0


NO_CHOICE = """
async def test_a():
    assert (await create()).success
"""
CHOICES = {
    "of two tasks": """
async def test_b():
    await asyncio.gather(create(), create())
""",
    "at random": """
import random

async def test_b():
    assert random.random() < 2
""",
    "unknown, as it fails": """
async def test_b():
    assert not (await create()).success
""",
}


def schedules_of(test: str, suite: str, worker: Worker) -> set[str]:
    """Under which schedules a test is tried."""
    tapped = Tapped(worker)
    evaluate(HEAD + suite, creation, tapped)
    return {
        str(schedule)
        for batch in tapped.batches
        for request in batch
        for schedule in request.schedules
        if test in (request.tests or ())
    }


def test_without_a_choice_one_shuffle_is_enough(worker: Worker) -> None:
    """A test that never has two tasks ready at once would run alike under the others."""
    others = {str(Schedule("shuffled", seed)) for seed in range(2, 6)}
    assert schedules_of("test_a", NO_CHOICE, worker) == set(map(str, schedules("virtual"))) - others


@pytest.mark.parametrize("test", CHOICES.values(), ids=CHOICES)
def test_where_there_is_a_choice_every_schedule_is_tried(test: str, worker: Worker) -> None:
    """By the whole suite: a test may count on what another has done before it."""
    every = set(map(str, schedules("virtual")))
    assert schedules_of("test_b", NO_CHOICE + test, worker) == every
    assert schedules_of("test_a", NO_CHOICE + test, worker) == every


@pytest.mark.slow
@pytest.mark.parametrize("name", exercises())
def test_without_a_choice_every_order_ends_alike(name: str, worker: Worker) -> None:
    """Wherever a test of a solution had no choice, with any variant, a shuffle changes no end."""
    exercise, suite = exercises()[name], read(solution(ROOT, name))
    executor = Executor(suite, exercise, worker, Random(1), NOT_OBFUSCATED)
    orders = [one for one in schedules(exercise.clock) if one.kind in ("fifo", "shuffled")][:3]
    variants = [one for one in exercise.variants if one.kind != "broken"]
    runs = [(Run(variant, one, suite.tests),) for variant in variants for one in orders]
    found = [result for (result,) in executor.execute(runs)]
    for start in range(0, len(found), len(orders)):
        first, *others = found[start : start + len(orders)]
        for test, outcome in first.outcomes.items():
            if not outcome.choices:
                endings = {
                    (o.ending, o.kills, o.choices) for o in (r.outcomes[test] for r in others)
                }
                assert endings == {(outcome.ending, outcome.kills, False)}


TAKES_TURNS = """
async def test_a():
    async with asyncio.timeout(60):
        await asyncio.wait({asyncio.create_task(asyncio.sleep(0))})
"""


@pytest.mark.parametrize(("suite", "orders"), [(NO_CHOICE, [1]), (TAKES_TURNS, [1, 2, 3, 4, 5])])
def test_in_real_time_two_tasks_are_enough(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, suite: str, orders: list[int]
) -> None:
    """For every order to be tried: whether they are ready at once depends on more than these."""
    monkeypatch.setattr(creation, "clock", "real")
    expected = {
        str(schedule)
        for schedule in schedules("real")
        if schedule.kind != "shuffled" or schedule.seed in orders
    }
    assert schedules_of("test_a", suite, worker) == expected


def test_a_schedule_can_kill(grade: Grade) -> None:
    """A mutant that only another order of tasks gives away is killed under that order."""
    suite = (
        HEAD
        + """
async def test_needs_another_order():
    order = []
    async def first():
        order.append("first")
    async def second():
        order.append("second")
    await asyncio.gather(first(), second())
    if order == ["second", "first"]:
        assert (await create()).task_id
"""
    )
    assert kills(grade(suite)) == {"test_needs_another_order": (1,)}
