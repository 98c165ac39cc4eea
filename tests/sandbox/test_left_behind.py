"""What a run leaves behind in the interpreter that it had to itself: nothing."""

import asyncio
import atexit
import gc
import os
import random
import signal
import socket
import sys
import threading
import warnings

import pytest
from helpers.samples import SOLUTION, creation, request

import vespera_scriptorium
from grader.engine.evaluate import evaluate
from grader.runner.loops import CourseLoop
from grader.sandbox.interpreter import Interpreter
from vespera_scriptorium import TaskOrchestrator

CYCLES = """
@pytest.fixture
async def server():
    task = asyncio.create_task(asyncio.sleep(3600))
    asyncio.get_running_loop().me = task
    yield
    task.cancel()

async def test_cycle(server):
    asyncio.get_running_loop().mine = asyncio.current_task()
"""


def test_what_runs_leave_is_let_go(inside: Interpreter) -> None:
    """Loops and tasks would be looked through by every later run, and never be freed."""
    gc.collect()  # what earlier tests have left is not for this one to answer for
    assert evaluate(SOLUTION + CYCLES, creation, inside).full
    assert not list(CourseLoop.alive)
    assert not [one for one in gc.get_objects() if isinstance(one, CourseLoop)]


LOUD = """
import contextvars

class Loud:
    def __init__(self):
        self.me = self

    def __del__(self):
        print("I was here")
        1 / 0

loud = Loud()
contextvars.ContextVar("kept").set(Loud())
"""

ENDLESS = """
class Endless:
    def __init__(self):
        self.me = self

    def __del__(self):
        while True:
            pass

endless = Endless()
"""

WITHOUT_JSON = """
import json
json.JSONDecoder.decode = json._default_decoder = None
"""


def test_what_runs_leave_says_nothing_to_others(inside: Interpreter, monkeypatch, capsys) -> None:
    """Neither to the next run nor to the notebook, whose garbage is collected at any time."""
    gc.collect()
    said: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: said.append(args.exc_value))
    found = evaluate(SOLUTION + LOUD, creation, inside)
    assert {test.verdict for test in found.tests} == {"valid"}
    gc.collect()
    assert said == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("damage", [ENDLESS, WITHOUT_JSON], ids=["endless", "json"])
def test_damage_does_no_harm(inside: Interpreter, damage: str) -> None:
    """Neither does an object that never goes, nor what our own reading would need."""
    suite = "def test_a(): pass\n"
    for text in (suite + damage, suite):
        (answer,) = inside.run([request(text)])
        outcomes = [one["outcome"] for one in answer.records if "phase" in one]
        assert outcomes == ["passed"] * 3


UNTIDY = """
import asyncio, atexit, logging, os, random, socket, sys, threading, unittest.mock, warnings
import vespera_scriptorium
from vespera_scriptorium import TaskOrchestrator

def test_breaks_everything():
    TaskOrchestrator.create_task = None
    TaskOrchestrator.new = 1
    vespera_scriptorium.new = 1
    vespera_scriptorium.application.async_operation_service.DURATIONS["new"] = 1
    asyncio.sleep = asyncio.Event.wait = asyncio.all_tasks = threading.Thread = None
    asyncio.set_event_loop_policy(None)
    os.environ["NEW"] = "1"
    os.chdir("/")
    random.seed(3)
    sys.path.insert(0, "/new")
    sys.modules["json"] = sys.modules["new"] = unittest.mock
    with open(os.path.join(os.path.dirname(__file__), "written.py"), "w") as file:
        file.write("x = 1")
    sys.path.insert(0, os.path.dirname(__file__))
    __import__("written")
    atexit.register(print)
    unittest.mock.patch("os.getcwd").start()
    socket.setdefaulttimeout(1)
    os.umask(0)
    logging.getLogger("new one").addHandler(logging.NullHandler())
    logging.getLogger("new one").setLevel(1)
    sys.stdout.close()
    sys.setrecursionlimit(500)
    warnings.simplefilter("ignore")
    logging.getLogger().setLevel(1)
    logging.getLogger("asyncio").disabled = True
    threading.excepthook = None
    sys.stdout = None
"""

TIDY = """
import asyncio, json, logging, os, sys, unittest.mock
import vespera_scriptorium
from vespera_scriptorium import TaskOrchestrator
from vespera_scriptorium.application import async_operation_service

async def test_sees_nothing_of_it():
    await asyncio.sleep(1)
    assert TaskOrchestrator.create_task is not None and not hasattr(TaskOrchestrator, "new")
    assert not hasattr(vespera_scriptorium, "new")
    assert "new" not in async_operation_service.DURATIONS
    assert "NEW" not in os.environ and os.getcwd() != "/" and "/new" not in sys.path
    assert json.__name__ == "json" and not {"new", "written"} & sys.modules.keys()
    assert logging.getLogger().level != 1 and not logging.getLogger("new one").handlers
    assert logging.getLogger("new one").level == logging.NOTSET
    assert not unittest.mock._patch._active_patches
    print(os.getcwd())
"""


def test_nothing_of_a_run_is_left(inside) -> None:
    """Neither for this process, nor for the next run."""

    def state() -> tuple[object, ...]:
        process = dict(os.environ), os.getcwd(), list(sys.path), sys.stdout, random.getstate()
        hooks = threading.excepthook, sys.unraisablehook, sys.getrecursionlimit()
        watched = signal.getsignal(signal.SIGALRM), list(warnings.filters), threading.active_count()
        subject = dict(vars(TaskOrchestrator)), vars(vespera_scriptorium).keys()
        mask = os.umask(0o022)
        os.umask(mask)
        others = socket.getdefaulttimeout(), mask, atexit._ncallbacks()
        whole = (*process, *hooks, *watched, *subject, *others)
        return *whole, asyncio.sleep, dict(sys.modules)["json"]

    inside.run([request(TIDY)])
    before = state()
    first, second = inside.run([request(UNTIDY), request(TIDY)])
    assert state() == before
    for answer in (first, second):
        outcomes = [(one["outcome"], one["message"]) for one in answer.records if "phase" in one]
        assert outcomes == [("passed", None)] * 3


GIVEN_UP = """
import asyncio, pytest

@pytest.fixture(scope="session", autouse=True)
def fails_in_the_end():
    yield
    raise asyncio.CancelledError

def test_gives_up():
    pytest.exit("enough")
"""


def test_a_run_that_was_given_up_ends_quietly(inside) -> None:
    """Its fixtures are torn down later than its tests, and what they raise is nobody's."""
    first, second = inside.run([request(GIVEN_UP), request(TIDY)])
    assert not first.hung
    assert [one["outcome"] for one in second.records if "phase" in one] == ["passed"] * 3
