"""Whatever a learner writes: what must work in a suite, and what gets one clear sentence."""

from collections.abc import Mapping

import pytest
from helpers.samples import HEAD, Grade, creation

from grader import report as reports

WORKS = (
    HEAD
    + '''
import logging
import unittest
import warnings
from unittest.mock import AsyncMock, MagicMock, Mock, patch

import pytest_asyncio
from hypothesis import given, settings, strategies as st

LOG = logging.getLogger("suite")

@pytest.fixture(autouse=True)
def automatic():
    yield

@pytest.fixture
def number():
    return 3

@pytest.fixture(scope="module")
def shared():
    yield []

@pytest.fixture
async def one():
    await asyncio.sleep(1)
    yield orchestrator()
    await asyncio.sleep(1)

@pytest_asyncio.fixture
async def marked_fixture():
    return 5

@pytest.fixture(params=[1, 2])
async def several(request):
    return request.param

def test_synchronous(number, shared):
    assert number == 3

async def test_asynchronous(one, marked_fixture):
    assert (await one.create_task({"title": "a"})).task_id == "task-1" or marked_fixture == 5

class TestClass:
    async def test_in_a_class(self, one):
        """A method."""
        assert self.helper(2) == 4

    def helper(self, value):
        return value * 2

class Base:
    async def test_inherited(self, number):
        assert number == 3

class TestChild(Base):
    pass

@pytest.mark.parametrize("a", [1, 2])
@pytest.mark.parametrize("b", ["a::b", "[x]", "é", "a[1", "\\ud800", "", "\\x00", "x" * 5000])
def test_parametrized(a, b):
    assert a

def test_parametrized_by_a_fixture(several):
    assert several in (1, 2)

@pytest.mark.asyncio
async def test_marked_asyncio():
    await asyncio.sleep(3600)

@pytest.mark.looptime
async def test_marked_looptime():
    await asyncio.sleep(3600)

@pytest.mark.filterwarnings("ignore::UserWarning")
async def test_marked_filterwarnings():
    warnings.warn("careful")

@pytest.mark.usefixtures("number", "one")
async def test_marked_usefixtures():
    pass

async def test_mocks():
    mock = AsyncMock(return_value=1)
    assert await mock() == 1
    mock.assert_awaited_once()
    manager = MagicMock()
    manager.__aenter__.return_value = 2
    async with manager as value:
        assert value == 2
    with patch.object(asyncio, "sleep", AsyncMock()) as sleep:
        await asyncio.sleep(5)
    sleep.assert_awaited_once_with(5)

class Isolated(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        await asyncio.sleep(60)

    async def test_isolated(self):
        await asyncio.sleep(3600)
        self.assertTrue((await create()).success)

@given(st.integers(), st.text())
def test_drawn(number, text):
    assert isinstance(number, int)

@settings(max_examples=10)
@given(st.lists(st.integers()))
async def test_drawn_asynchronously(numbers):
    await asyncio.sleep(1)
    assert sorted(numbers) == sorted(reversed(numbers))

def test_tmp_path(tmp_path, tmp_path_factory):
    (tmp_path / "file").write_text("x")
    assert (tmp_path / "file").read_text() == "x"

def test_monkeypatch(monkeypatch, tmp_path):
    monkeypatch.setattr(asyncio, "sleep", None)
    monkeypatch.setenv("NAME", "x")
    monkeypatch.chdir(tmp_path)

def test_capsys(capsys):
    print("x")
    assert capsys.readouterr().out == "x\\n"

def test_caplog(caplog):
    LOG.warning("x")
    assert caplog.messages == ["x"]

async def test_raises_and_warns():
    with pytest.raises(ValueError, match="x"):
        raise ValueError("x")
    with pytest.warns(UserWarning):
        warnings.warn("x")

async def test_task_group_and_timeout():
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(59))

async def test_to_thread():
    assert await asyncio.to_thread(lambda: 5) == 5

def test_asyncio_run():
    asyncio.run(asyncio.sleep(3600))

def test_prints_a_lot():
    print("x" * 10_000_000)

def test_is_called_twice(): pass
def test_é(): pass
'''
)


@pytest.fixture(scope="module")
def works(grade: Grade) -> Mapping[str, reports.TestReport]:
    """How the tests above are judged."""
    report = grade(WORKS)
    assert report.status == "graded"
    return {test.name: test for test in report.tests}


def test_everything_that_pytest_offers_works(works: Mapping[str, reports.TestReport]) -> None:
    """A test of any kind is valid: fixtures, classes, marks, mocks, unittest, Hypothesis."""
    assert len(works) == 25
    invalid = {test.name: (test.verdict, test.message) for test in works.values() if test.message}
    assert invalid == {}


def test_real_time(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an exercise has the real clock, threads, timers and late timers work."""
    monkeypatch.setattr(creation, "clock", "real")
    suite = """
async def test_thread_and_timer():
    async with asyncio.timeout(1):
        await asyncio.gather(asyncio.to_thread(print), asyncio.sleep(0.01))
"""
    assert grade(HEAD + suite).tests[0].verdict == "valid"
