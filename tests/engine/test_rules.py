"""The grading rules: what makes a test valid, that no test harms another, and the score."""

from collections.abc import Mapping

import pytest
from helpers.samples import HEAD, KILLS_1, KILLS_2, Grade, creation

from grader import report
from grader.engine.evaluate import evaluate
from grader.exercise import Exercise
from grader.report import Report
from grader.sandbox.worker import Worker

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
        ("test_wrong", "wrong", "line 26: `assert (await create()).success is None`: True is None"),
        ("test_wrong_in_its_setup", "wrong", "fixture 'nothing' not found"),
        (
            "test_parametrized_with_one_bad_case",
            "wrong",
            "case [2], line 119: `assert number != 2`: 2",
        ),
        (
            "test_over_specified",
            "over-specified",
            "stores the task by itself, a moment later fails",
        ),
        ("test_flaky", "flaky", "another (shuffled by seed 1): line"),
        ("test_hangs", "hangs", "waits for ever: nothing is left that could wake it"),
        ("test_hangs_with_the_alternative", "hangs", "with a correct implementation that stores"),
        ("test_leaves_a_task", "leaks", "leaves the task `sleep` running"),
        ("test_forgets_to_await", "leaks", "line 62: `create` was never awaited: write `await`"),
        ("test_forgets_to_await_in_a_cycle", "leaks", "line 65: `create` was never awaited"),
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
    monkeypatch.setattr("grader.engine.execution.DEADLINES", {"virtual": 1.0})
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
