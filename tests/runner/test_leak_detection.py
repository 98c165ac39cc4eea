"""What a test leaves behind is its own fault: it is named with its line, and no neighbour pays."""

from typing import Any

import pytest
from helpers.samples import HEAD, Grade

from grader.runner.leak_detection import LeakDetector

FORGOTTEN = {
    "kept by a traceback": """
async def test_forgets():
    result = create()
    assert result.success
""",
    "kept by a list": """
KEPT = []
async def test_forgets():
    KEPT.append(create())
""",
    "kept by an attribute": """
class Keeper: pass
async def test_forgets():
    Keeper.kept = create()
""",
    "kept by a fixture": """
@pytest.fixture(scope="module")
def keeper():
    return []
async def test_forgets(keeper):
    keeper.append(create())
""",
    "kept by nobody": """
async def test_forgets():
    create()
""",
    "in a plain test": """
def test_forgets():
    create()
""",
    "in a loop of its own": """
def test_forgets():
    async def main():
        create()
    asyncio.run(main())
""",
}
NEIGHBOUR = """
async def test_neighbour():
    assert (await create()).success
"""


@pytest.mark.parametrize("way", FORGOTTEN)
def test_a_forgotten_await(grade: Grade, way: str) -> None:
    """Whatever keeps the coroutine alive, it belongs to the test that made it."""
    suite = HEAD + FORGOTTEN[way] + NEIGHBOUR
    line = next(n for n, text in enumerate(suite.split("\n"), 1) if " create()" in text and n > 15)
    line = next(
        (n for n, text in enumerate(suite.split("\n"), 1) if "append(create())" in text), line
    )
    forgets, neighbour = grade(suite).tests
    assert forgets.verdict in ("wrong", "leaks")
    said = f"line {line}: `create` was never awaited: write `await` before the call"
    assert (forgets.message or "").startswith(said)
    assert neighbour.verdict == "valid"


def test_the_call_is_named(grade: Grade) -> None:
    """By its whole name, and a mock's by what it is."""
    suite = """
from unittest.mock import AsyncMock

async def test_method():
    orchestrator().create_task({"title": "a"})

async def test_mock():
    AsyncMock()()
"""
    messages = [test.message or "" for test in grade(HEAD + suite).tests]
    assert "line 20: `TaskOrchestrator.create_task` was never awaited" in messages[0]
    assert "line 23: a call of an AsyncMock was never awaited" in messages[1]


LEFT = """
KEPT = []

async def fail():
    raise OSError("lost")

async def test_keeps_a_task_that_failed():
    KEPT.append(asyncio.create_task(fail()))
    await asyncio.sleep(1)

def test_leaves_a_task_in_a_loop_of_its_own():
    loop = asyncio.new_event_loop()
    KEPT.append(loop.create_task(asyncio.sleep(60)))
    loop.run_until_complete(asyncio.sleep(1))
    loop.close()

async def test_fails_and_leaves_a_task():
    KEPT.append(asyncio.create_task(asyncio.sleep(60)))
    assert False
"""


def test_what_is_left_and_kept(grade: Grade) -> None:
    """Tasks, too, belong to the test that started them, even where something keeps them alive."""
    found = {test.name: test for test in grade(HEAD + LEFT + NEIGHBOUR).tests}
    lost = found["test_keeps_a_task_that_failed"]
    assert (lost.verdict, lost.message) == ("leaks", "line 23: loses an exception: OSError: lost")
    assert found["test_leaves_a_task_in_a_loop_of_its_own"].verdict == "leaks"
    assert found["test_fails_and_leaves_a_task"].verdict == "wrong"
    assert found["test_neighbour"].verdict == "valid"


HONEST = """
import warnings

def test_a_loop_that_nobody_closes():
    asyncio.new_event_loop().run_until_complete(asyncio.sleep(60))

def test_the_current_loop():
    asyncio.get_event_loop().run_until_complete(asyncio.sleep(60))

async def test_async_after_that():
    assert (await create()).success

def test_the_current_loop_after_that():
    assert not asyncio.get_event_loop().is_running()

def test_a_runner():
    with asyncio.Runner() as runner:
        runner.run(asyncio.sleep(60))

async def test_expects_the_warning():
    with pytest.warns(RuntimeWarning, match="never awaited"):
        create()

@pytest.fixture(scope="module")
def runner():
    with asyncio.Runner() as runner:
        yield runner

def test_one_runner(runner):
    runner.run(asyncio.sleep(1))

def test_for_several_tests(runner):
    runner.run(asyncio.sleep(1))
"""


def test_what_is_no_leak(grade: Grade) -> None:
    """A loop that stays open, one that is asked for, and what a test expects."""
    tests = grade(HEAD + HONEST).tests
    assert {test.name: test.message for test in tests if test.verdict != "valid"} == {}


SHARED_LOOP = """
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="module")

@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def service():
    task = asyncio.create_task(asyncio.sleep(3600))
    yield task
    task.cancel()
    await asyncio.wait([task])

async def test_one(service):
    assert not service.done()

async def test_two(service):
    assert not service.done()

async def test_leaves_its_own(service):
    asyncio.create_task(asyncio.sleep(3600))
"""


def test_a_loop_for_several_tests(grade: Grade) -> None:
    """What a fixture of the module has running is no test's; what a test starts there is."""
    verdicts = {test.name: test.verdict for test in grade(HEAD + SHARED_LOOP).tests}
    assert verdicts == {"test_one": "valid", "test_two": "valid", "test_leaves_its_own": "leaks"}


# ------------------------------------------------------------------ where others work, too

DEEP = """
async def forgotten():
    pass

def below(depth):
    if depth:
        return below(depth - 1)
    return forgotten()
"""


def test_among_strangers_the_suite_may_stand_far_above() -> None:
    """Eight calls below it an await is forgotten."""
    strange: dict[str, Any] = {}
    exec(compile(DEEP, "elsewhere.py", "exec"), strange)  # as code that is not the suite's
    watch = LeakDetector(lambda file: file == __file__, strangers=True)
    watch.begin()
    watch.spare()
    try:
        kept = strange["below"](8)
        (sentence,) = watch.look()
    finally:
        watch.end()
    kept.close()
    assert "`forgotten` was never awaited" in sentence
