"""The executor without processes: the same answers, and an interpreter that is as it was."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from helpers.course import suite_of
from helpers.samples import HEAD, KILLS_1, SOLUTION, creation, request

from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.report import Report
from grader.sandbox import workers
from grader.sandbox.interpreter import Interpreter
from grader.sandbox.worker import Worker
from vespera_scriptorium import TaskOrchestrator


def told(report: Report) -> dict[str, str]:
    """The verdict on each test."""
    return {test.name: test.verdict for test in report.tests}


def test_without_fork_this_interpreter_executes(monkeypatch) -> None:
    """In a browser, and on Windows."""
    monkeypatch.delattr(os, "fork")
    with workers.new_worker() as worker:
        assert isinstance(worker, Interpreter)
        assert worker.wall == "none"


def test_with_fork_processes_do() -> None:
    """As always."""
    assert isinstance(workers.new_worker(), Worker)


UNITTEST = """
import unittest

class Creation(unittest.IsolatedAsyncioTestCase):
    async def test_a_task_has_an_id(self):
        self.assertIsNotNone((await create()).task_id)

class Plain(unittest.TestCase):
    def test_a_task_has_an_id(self):
        self.assertIsNotNone(asyncio.run(create()).task_id)
"""


def test_unittest(inside: Interpreter, worker: Worker) -> None:
    """A suite in its style is judged as from processes."""
    found = evaluate(HEAD + UNITTEST, creation, inside)
    assert [(test.verdict, test.kills) for test in found.tests] == [("valid", (1,))] * 2
    assert found == evaluate(HEAD + UNITTEST, creation, worker)


@pytest.mark.parametrize("name", ["first-test", "distinct-ids"])
def test_the_report_is_that_of_the_processes(name: str, inside, worker) -> None:
    """To the last word."""
    exercise, suite = exercises()[name], suite_of(name)
    assert evaluate(suite, exercise, inside) == evaluate(suite, exercise, worker)


FIXTURES = """
def test_all(
    capsys, caplog, doctest_namespace, event_loop_policy, looptime, monkeypatch, pytestconfig,
    record_property, recwarn, request, subtests, tmp_path, tmp_path_factory, tmpdir,
    unused_tcp_port_factory,
):
    pass
"""


def test_pytests_own_fixtures_are_there(executor) -> None:
    """And those of its plugins."""
    (answer,) = executor.run([request(FIXTURES)])
    assert [one["outcome"] for one in answer.records if "phase" in one] == ["passed"] * 3, answer


PLUGIN = """
pytest_plugins = ["anyio.pytest_plugin"]

def test_a(anyio_backend_name):
    assert anyio_backend_name
"""


def test_a_plugin_that_a_suite_names(inside: Interpreter) -> None:
    """Its fixtures are there in each run."""
    for answer in inside.run([request(PLUGIN)] * 2):
        assert [one["outcome"] for one in answer.records if "phase" in one] == ["passed"] * 3


DIFFICULT = {
    "deadlock": """
async def test_waits():
    await asyncio.Event().wait()
""",
    "leak": """
async def forgotten():
    await asyncio.sleep(3600)

async def test_leaves_a_task():
    asyncio.create_task(forgotten())

async def test_awaits_nothing():
    forgotten()
""",
    "flaky": """
async def test_counts_on_an_order():
    found = []
    async def note(what):
        await asyncio.sleep(0)
        found.append(what)
    await asyncio.gather(note(1), note(2), note(3))
    assert found == [1, 2, 3]
""",
    "a task that nobody keeps": """
async def work():
    await asyncio.sleep(3600)

def test_is_not_to_blame():
    pass

def test_forgets_it():
    asyncio.get_event_loop().create_task(work())
""",
    "looks": """
def test_looks():
    import inspect
    assert inspect.stack()
""",
    "ctypes": """
def test_looks_deeper():
    __import__("cty" + "pes")
""",
    "broken": "import nothing_of_this_name\n",
    "exit at import": "raise SystemExit(3)\n",
    "exit in a test": """
def test_exits():
    raise SystemExit(3)
""",
    "the end of the process": """
def test_ends_the_process():
    asyncio.base_events.os._exit(3)

def test_is_not_to_blame():
    pass
""",
    "a signal to itself": """
def test_kills_itself():
    os = asyncio.base_events.os
    os.kill(os.getpid(), 9)
""",
    "an interrupt of its own": """
def test_interrupts():
    raise KeyboardInterrupt

def test_is_not_to_blame():
    pass
""",
    "skip": """
@pytest.mark.skip
def test_nothing():
    pass
""",
}


@pytest.mark.parametrize("suite", DIFFICULT.values(), ids=DIFFICULT)
def test_what_goes_wrong_is_told_as_by_processes(suite: str, inside, worker) -> None:
    """Also where a process would have ended."""
    suite = HEAD + KILLS_1 + suite
    assert evaluate(suite, creation, inside) == evaluate(suite, creation, worker)


ENDLESS = {
    "a loop": "while True: pass",
    "a loop that catches everything": """
    while True:
        try:
            while True: pass
        except BaseException:
            pass
        break
    while True: pass""",
    "a lock": "[lock.acquire() for lock in [asyncio.base_events.threading.Lock()] * 2]",
    "a long sleep": "asyncio.base_events.time.sleep(3600)",
    "a long sleep that catches its end": """
    try:
        asyncio.base_events.time.sleep(3600)
    except BaseException:
        pass""",
}


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS)
def test_what_has_no_end_is_ended(body: str, inside) -> None:
    """And told as a hang, with its line; the others run."""
    suite = f"import asyncio\ndef test_endless():\n    {body}\ndef test_b(): pass\n"
    asked = replace(request(suite, 60), deadline=1.0, tests=("test_endless", "test_b"))
    before = time.sleep
    (answer,) = inside.run([asked])
    assert answer.hung
    assert "stuck" in answer.records[-1], answer.records
    assert time.sleep is before
    (answer,) = inside.run([replace(asked, tests=("test_b",))])
    assert not answer.hung
    assert [one.get("outcome") for one in answer.records if "phase" in one] == ["passed"] * 3


@pytest.mark.parametrize("is_traced", [False, True], ids=["", "traced"])
def test_it_is_ended_in_another_thread_and_under_a_debugger(
    is_traced: bool, inside, monkeypatch
) -> None:
    """Where no signal ends it, an error does, and nothing of it reaches what comes after."""
    asked = request("def test_endless():\n    while True: pass\ndef test_b(): pass\n", 61)

    def run() -> list[bool]:
        names = ("test_endless", "test_b"), ("test_b",), ("test_b",)
        asked_for = [replace(asked, deadline=1.0, tests=tests) for tests in names]
        return [inside.run([one])[0].hung for one in asked_for]

    if is_traced:
        monkeypatch.setattr(threading, "_trace_hook", lambda *_: None)
    with ThreadPoolExecutor(1) as other:
        assert other.submit(run).result() == [True, False, False]


def test_what_a_notebook_does_to_the_application_is_not_seen(inside, monkeypatch) -> None:
    """A cell of the lesson may have broken it, to show something."""
    monkeypatch.setattr(TaskOrchestrator, "create_task", None)
    report = evaluate(SOLUTION, creation, inside)
    assert set(told(report).values()) == {"valid"}


EXAMPLES = """
from hypothesis import given, strategies as st

@given(st.text())
def test_examples(text):
    assert text == text
"""


def test_a_thread_that_never_drew_an_example(inside) -> None:
    """Each run of a cell has a thread of its own, and Hypothesis prepares each."""
    with ThreadPoolExecutor(1) as thread:
        report = thread.submit(evaluate, HEAD + EXAMPLES, creation, inside).result()
    assert told(report) == {"test_examples": "valid"}


def test_a_module_of_the_same_name(inside, monkeypatch) -> None:
    """A learner's own file may have the name that suites have in runs."""
    own = ModuleType("test_suite")
    monkeypatch.setitem(sys.modules, "test_suite", own)
    assert evaluate(SOLUTION, creation, inside).full
    assert sys.modules["test_suite"] is own


def test_inside_a_running_loop(inside) -> None:
    """The kernel of a browser runs cells in the loop that it lives in."""

    async def main() -> Report:
        report = evaluate(SOLUTION, creation, inside)
        await asyncio.sleep(0)
        return report

    assert asyncio.run(main()).full


INTERRUPTED = """
import os, pathlib, signal, sys, threading
from helpers.processes import wait_until
from helpers.samples import request
from grader.sandbox.interpreter import Interpreter

begun = pathlib.Path(sys.argv[1])
kill = os.kill  # a run has its own
suite = sys.argv[2].format(f"open({str(begun)!r}, 'w').close()")

def interrupt():
    wait_until(begun.exists)
    kill(os.getpid(), signal.SIGINT)

thread = threading.Thread(target=interrupt)
with Interpreter() as inside:
    inside.run([request("def test_a(): pass")])
    thread.start()
    try:
        inside.run([request(suite)])
    except KeyboardInterrupt:
        (answer,) = inside.run([request("def test_a(): pass")])
        sys.exit(0 if answer.records[-1] == {"finish": True} else 1)
sys.exit(2)
"""


AT_WORK = """
def test_a():
    {}
    while True: pass
"""

IN_THE_END = """
import pytest

@pytest.fixture(scope="session", autouse=True)
def ends():
    yield
    {}
    while True: pass

def test_gives_up():
    pytest.exit("enough")
"""


@pytest.mark.parametrize("suite", [AT_WORK, IN_THE_END], ids=["at work", "in the end"])
def test_a_person_interrupts_it(tmp_path: Path, suite: str) -> None:
    """What runs is ended, and the next run works."""
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(__file__))}
    command = [sys.executable, "-c", INTERRUPTED, str(tmp_path / "begun"), suite]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
