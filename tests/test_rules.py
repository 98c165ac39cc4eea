"""The grading rules: what makes a test valid, what kills, and what it earns."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from samples import HEAD, KILLS_1, KILLS_2, SOLUTION, Grade, Tapped, creation

from grader import report
from grader.bank import exercises
from grader.evaluate import _Evaluation, evaluate
from grader.exercise import Exercise
from grader.inside.loops import HAS_EAGER_TASKS, Schedule, schedules
from grader.notebooks import solution
from grader.report import Report
from grader.suite import read
from grader.verdicts import Run
from grader.worker import Worker

ROOT = Path(__file__).parents[1]

VERDICTS = (
    HEAD
    + """
import warnings

def test_synchronous():
    assert asyncio.run(create()).success

async def test_valid():
    assert (await create()).task_id

async def test_wrong():
    assert (await create()).success is None

async def test_wrong_in_its_setup(nothing):
    pass

async def test_over_specified(monkeypatch):
    called = []
    store = TaskOrchestrator._store
    monkeypatch.setattr(TaskOrchestrator, "_store", lambda *args: called.append(1) or store(*args))
    await create()
    assert called

async def test_flaky():
    order = []
    async def note(number):
        await asyncio.sleep(0)
        order.append(number)
    await asyncio.gather(*map(note, range(5)))
    assert order == [0, 1, 2, 3, 4]

async def test_hangs():
    await asyncio.Event().wait()

async def test_hangs_with_the_alternative():
    running = asyncio.create_task(create())
    for _ in range(100):
        await asyncio.sleep(0)
    if running.done():
        return
    running.cancel()
    await asyncio.Event().wait()

async def test_leaves_a_task():
    asyncio.create_task(asyncio.sleep(60))

async def test_forgets_to_await():
    create()

async def test_forgets_to_await_in_a_cycle():
    cycle = [create()]
    cycle.append(cycle)

async def fail():
    raise OSError("lost")

async def test_loses_an_exception():
    asyncio.create_task(fail())
    await asyncio.sleep(1)

async def test_loses_an_exception_in_a_cycle():
    cycle = [asyncio.create_task(fail())]
    cycle.append(cycle)
    await asyncio.sleep(1)

async def count():
    yield 1
    yield 2

async def test_leaves_a_generator_open():
    async for _ in count():
        break

KEPT = []

async def test_keeps_a_generator_open():
    KEPT.append(count())
    await anext(KEPT[0])

@pytest.mark.skip
async def test_skipped():
    pass

async def test_skips_itself():
    pytest.skip("today")

@pytest.mark.xfail
async def test_expected_to_fail():
    assert False

@pytest.mark.xfail(strict=False)
async def test_unexpectedly_passes():
    pass

async def test_skips_one_case_and_fails_another_for_good():
    pytest.skip("a skip comes before all")
    assert False

@pytest.mark.parametrize("number", [1, 2, 3])
async def test_parametrized(number):
    assert (await create()).task_id

@pytest.mark.parametrize("number", [1, 2, 3])
async def test_parametrized_with_one_bad_case(number):
    assert number != 2

async def test_handles_what_is_lost():
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    asyncio.create_task(fail())
    await asyncio.sleep(1)

import random, tempfile
from datetime import datetime
from hypothesis import given, strategies as st

def test_address():
    assert repr(object()) == object

def test_folders(tmp_path):
    assert str(tmp_path) == tempfile.mkdtemp()[:-8]

def test_user_and_time_zone():
    assert datetime.now().astimezone().tzname() == 1

def test_sets():
    assert {"a", "b", "c", "d", "e"} == 1

def test_random():
    assert random.random() == 1

@given(st.integers(), st.text())
def test_drawn(number, text):
    assert number < 1000 and len(text) < 3

def test_environment():
    assert not asyncio.base_events.os.environ.get("PYTHONASYNCIODEBUG")
"""
)


@pytest.fixture(scope="module")
def report_of_all(grade: Grade) -> Report:
    """What the suite above is worth."""
    return grade(VERDICTS)


@pytest.fixture(scope="module")
def judged(report_of_all: Report) -> Mapping[str, report.TestReport]:
    """Each test of the suite above, as it was judged."""
    return {test.name: test for test in report_of_all.tests}


@pytest.mark.parametrize(
    ("name", "verdict", "message"),
    [
        ("test_valid", "valid", None),
        ("test_synchronous", "valid", None),
        ("test_parametrized", "valid", None),
        ("test_handles_what_is_lost", "valid", None),
        ("test_wrong", "wrong", "line 26: assert True is None"),
        ("test_wrong_in_its_setup", "wrong", "fixture 'nothing' not found"),
        ("test_parametrized_with_one_bad_case", "wrong", "assert 2 != 2"),
        (
            "test_over_specified",
            "over-specified",
            "stores the task by itself, a moment later fails",
        ),
        ("test_flaky", "flaky", "another (shuffled by seed 1): line"),
        ("test_hangs", "hangs", "every task waits, and nothing is left that could wake one"),
        ("test_hangs_with_the_alternative", "hangs", "with a correct implementation that stores"),
        ("test_leaves_a_task", "leaks", "leaves the task `sleep` running"),
        ("test_forgets_to_await", "leaks", "coroutine 'create' was never awaited"),
        ("test_forgets_to_await_in_a_cycle", "leaks", "coroutine 'create' was never awaited"),
        ("test_loses_an_exception", "leaks", "loses an exception: OSError: lost"),
        ("test_loses_an_exception_in_a_cycle", "leaks", "loses an exception: OSError: lost"),
        ("test_leaves_a_generator_open", "leaks", "drops the async generator `count` without"),
        ("test_keeps_a_generator_open", "leaks", "leaves the async generator `count` open"),
        ("test_skipped", "skipped", "a test that does not run is none"),
        ("test_skips_itself", "skipped", "a test that does not run is none"),
        ("test_skips_one_case_and_fails_another_for_good", "skipped", "does not run is none"),
        ("test_expected_to_fail", "skipped", "a test that does not run is none"),
        ("test_unexpectedly_passes", "skipped", "a test that does not run is none"),
    ],
)
def test_verdict(
    judged: Mapping[str, report.TestReport], name: str, verdict: str, message: str | None
) -> None:
    """Each test gets the verdict that its own behaviour calls for, whatever the others do."""
    assert judged[name].verdict == verdict
    assert (message or "") in (judged[name].message or "")


def test_only_valid_tests_kill(judged: Mapping[str, report.TestReport]) -> None:
    """A test that is set aside kills nothing."""
    assert all(test.verdict == "valid" for test in judged.values() if test.kills)
    assert judged["test_valid"].kills == (1,)


PRECEDENCE = (
    HEAD
    + """
@pytest.mark.parametrize("case", ["skipped", "wrong"])
async def test_skip_comes_before_wrong(case):
    if case == "skipped":
        pytest.skip()
    assert False

@pytest.mark.parametrize("case", ["hangs", "wrong"])
async def test_hang_comes_before_wrong(case):
    if case == "hangs":
        await asyncio.Event().wait()
    assert False

@pytest.mark.parametrize("case", ["leaks", "wrong"])
async def test_wrong_comes_before_leak(case):
    if case == "leaks":
        asyncio.create_task(asyncio.sleep(1))
    else:
        assert False

async def test_wrong_and_leaks():
    asyncio.create_task(asyncio.sleep(1))
    assert False
"""
)


def test_precedence(grade: Grade) -> None:
    """A test has the worst verdict of its cases: skipped, hangs, wrong, then leaks."""
    verdicts = [test.verdict for test in grade(PRECEDENCE).tests]
    assert verdicts == ["skipped", "hangs", "wrong", "wrong"]


def test_a_generator_that_has_ended_is_no_leak(grade: Grade) -> None:
    """Somebody may still refer to it, as the traceback of a kept exception does."""
    found = grade("""
KEPT = []

async def count():
    yield 1

async def test_keeps_it():
    KEPT.append(count())
    assert [number async for number in KEPT[0]] == [1]
""")
    assert [test.verdict for test in found.tests] == ["valid"]


# ------------------------------------------------------------------ kills


def kills(report: Report) -> dict[str, tuple[int, ...]]:
    """Which mutants each test kills."""
    return {test.name: test.kills for test in report.tests}


def test_a_solution_kills_every_mutant(grade: Grade) -> None:
    """Full marks, and each test kills the mutant that it is there for."""
    found = grade(SOLUTION)
    assert found.full
    assert found.mutation_score == 1
    assert list(kills(found).values()) == [(1,), (2,), (2, 3), (4,)]


@pytest.mark.parametrize("name", ["distinct-ids", "really-concurrent", "gather-results"])
def test_the_tests_of_the_engine_rest_on_real_exercises(worker: Worker, name: str) -> None:
    """A suite that defends every clause of a real exercise earns full marks, or nearly so.

    The bank may learn of new mutants; that the solution kills them is for `grader verify`.
    """
    suite = Path(__file__).with_name("suites") / f"{name.replace('-', '_')}.py"
    found = evaluate(suite.read_text(), exercises()[name], worker)
    assert {test.verdict for test in found.tests} == {"valid"}
    assert found.score > 0.8 * found.points


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


class Once(Worker):
    """A worker in which the first failure of a test on a mutant does not happen again."""

    def __init__(self, worker: Worker) -> None:
        self._worker, self.wall = worker, worker.wall
        self._seen: set[str] = set()

    def run(self, requests, progress=lambda done: None):  # type: ignore[no-untyped-def]
        requests = list(requests)
        answers = self._worker.run(requests)
        for request, answer in zip(requests, answers, strict=True):
            key = str((request["grafts"], request["schedule"]))
            if key in self._seen:
                for record in answer["records"]:
                    if record.get("outcome") == "failed":
                        record["outcome"] = "passed"
            self._seen.add(key)
        return answers


KILLS_1_UNDER_EVERY_SCHEDULE = """
async def test_tasks_have_ids():
    for result in await asyncio.gather(create(), create()):
        assert result.task_id is not None
"""


@pytest.mark.parametrize(
    ("test", "verdict"),
    [
        (KILLS_1, "flaky" if HAS_EAGER_TASKS else "valid"),  # eager is a second schedule
        (KILLS_1_UNDER_EVERY_SCHEDULE, "flaky"),
    ],
)
def test_a_kill_must_reproduce(worker: Worker, test: str, verdict: str) -> None:
    """What fails on a mutant, and not when it runs again, kills nothing; twice, and it is flaky."""
    found = evaluate(HEAD + test, creation, Once(worker), disguised=False)
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
        str(Schedule(**request["schedule"]))
        for batch in tapped.batches
        for request in batch
        if test in request["tests"]
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
@pytest.mark.parametrize("name", [one.id for one in exercises().values() if one.clock == "virtual"])
def test_without_a_choice_every_order_ends_alike(name: str, worker: Worker) -> None:
    """Wherever a test of a solution had no choice, with any variant, no shuffle changes its end."""
    exercise, suite = exercises()[name], read(solution(ROOT, name))
    evaluation = _Evaluation(suite, exercise, worker, lambda what: None, disguised=False)
    orders = [one for one in schedules("virtual") if one.kind in ("fifo", "shuffled")]
    variants = [one for one in exercise.variants if one.kind != "broken"]
    runs = [[Run(variant, one, suite.tests) for one in orders] for variant in variants]
    evaluation._execute(run for of_a_variant in runs for run in of_a_variant)
    for first, *others in runs:
        for test, outcome in first.outcomes.items():
            if not outcome.choices:
                endings = {
                    (o.ending, o.kills, o.choices) for o in (r.outcomes[test] for r in others)
                }
                assert endings == {(outcome.ending, outcome.kills, False)}


def test_with_threads_every_schedule_is_tried(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the real clock more than the order of tasks decides."""
    monkeypatch.setattr(creation, "clock", "real")
    assert evaluate(HEAD + NO_CHOICE, creation, worker).tests[0].verdict == "valid"
    assert schedules_of("test_a", NO_CHOICE, worker) == set(map(str, schedules("real")))


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


# ------------------------------------------------------------------ independence

HARM = (
    HEAD
    + KILLS_1
    + """
def test_ends_the_process():
    asyncio.base_events.os._exit(0)

def test_interrupts():
    raise KeyboardInterrupt

def test_exits_pytest():
    pytest.exit("enough")

def test_stops_the_session(request):
    request.session.shouldstop = "enough"

def test_closes_all_files():
    asyncio.base_events.os.closerange(0, 100)

def test_kills_its_group():
    asyncio.base_events.os.killpg(0, 9)

def test_hangs(request):
    while True:
        pass
"""
    + KILLS_2
)


def test_a_bad_test_does_not_harm_the_others(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends the process or never ends, the tests before and after it count."""
    monkeypatch.setattr("grader.evaluate.DEADLINES", {"virtual": 1.0})
    found = grade(HARM)
    first, *bad, last = found.tests
    assert (first.kills, last.kills) == ((1,), (2,))
    verdicts = {test.name: test.verdict for test in bad if test.verdict != "wrong"}
    assert verdicts == {"test_stops_the_session": "valid", "test_hangs": "hangs"}
    assert found.score == report.score(4, 2, 4, invalid=6)


# ------------------------------------------------------------------ the score


@pytest.mark.parametrize(
    ("points", "killed", "mutants", "invalid", "score"),
    [
        (5, 6, 6, 0, 5.0),
        (5, 0, 6, 0, 0.0),
        (5, 1, 3, 0, 1.67),
        (5, 2, 3, 0, 3.33),
        (5, 6, 6, 1, 4.5),
        (5, 6, 6, 5, 2.5),
        (5, 6, 6, 29, 2.5),
        (5, 1, 7, 3, 0.5),
        (5, 0, 0, 0, 0.0),
    ],
)
def test_score(points: int, killed: int, mutants: int, invalid: int, score: float) -> None:
    """Points × killed / mutants × max(0.5, 1 - 0.1 × invalid tests), to two decimals."""
    assert report.score(points, killed, mutants, invalid) == score


def test_score_of_a_suite(grade: Grade) -> None:
    """Two of four mutants and one invalid test are 4 × 0.5 × 0.9 points."""
    found = grade(HEAD + KILLS_1 + KILLS_2 + "\ndef test_wrong():\n    assert False\n")
    assert (found.score, found.mutation_score) == (1.8, 0.5)


def test_many_tests_earn_no_more(grade: Grade) -> None:
    """The same test, many times over, earns what it earns once."""
    copies = "".join(KILLS_1.replace("an_id", f"an_id_{number}") for number in range(5))
    assert grade(HEAD + copies).score == grade(HEAD + KILLS_1).score == 1.0


def test_a_suite_without_tests_is_graded(grade: Grade) -> None:
    """Helpers alone are graded, with 0 points and the reason."""
    found = grade(HEAD)
    assert (found.status, found.score, found.mutation_score) == ("graded", 0.0, 0.0)
    assert found.reason == "No test found: the name of a test begins with `test_`."


def test_at_most_thirty_tests(grade: Grade) -> None:
    """30 tests are graded, 31 are rejected with their number."""
    suite = HEAD + "".join(f"def test_{number}(): pass\n" for number in range(30))
    assert grade(suite).status == "graded"
    found = grade(suite + "def test_30(): pass\n")
    assert found.status == "rejected"
    assert found.reason == "31 tests: at most 30 count, keep the best of them."


@pytest.mark.parametrize(("cases", "status"), [(200, "graded"), (201, "rejected")])
def test_at_most_two_hundred_cases(grade: Grade, cases: int, status: str) -> None:
    """200 cases are graded, 201 are rejected with their number."""
    suite = (
        f"@pytest.mark.skip\n@pytest.mark.parametrize('n', range({cases}))\ndef test_many(n): 0\n"
    )
    found = grade(HEAD + suite)
    assert found.status == status
    assert (found.reason or "201 cases: ").startswith("201 cases: ")


def test_an_exercise_without_mutants(worker: Worker) -> None:
    """Where there is nothing to kill there is nothing to earn, and no error."""
    empty = Exercise("e", "l", "t", 5, creation.subject, ("c",), "")
    found = evaluate("def test_a(): pass", empty, worker)
    assert (found.status, found.score, found.mutation_score) == ("graded", 0.0, None)


# ------------------------------------------------------------------ the same report, always


def test_the_same_suite_gives_the_same_report(
    report_of_all: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other processes, addresses, folders, users, time zones and settings: the same report."""
    for name, value in {
        "TZ": "Asia/Tokyo",
        "PYTHONHASHSEED": "123",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONOPTIMIZE": "2",
        "PYTEST_ADDOPTS": "--collect-only",
        "LOGNAME": "somebody",
        "CI": "true",
    }.items():
        monkeypatch.setenv(name, value)
    with Worker() as fresh:
        again = evaluate(VERDICTS, creation, fresh)
    assert report.to_json(again) == report.to_json(report_of_all)
