"""What is read out of a learner's cell, and the static rules that it keeps."""

import contextlib

import pytest

from grader.engine.suite import LONGEST, read
from grader.errors import Rejected, Unreadable
from grader.runner.settings import MOST_TESTS


def refusal(text: str) -> str:
    """The sentence with which a suite is rejected."""
    with pytest.raises(Rejected) as caught:
        read(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        ("def test_a(): pass", ["test_a"]),
        ("async def test_a(): pass", ["test_a"]),
        ("def test_b(): pass\ndef test_a(): pass", ["test_b", "test_a"]),
        ("def helper(): pass\nclass Helper:\n    def test_a(self): pass", []),
        ("class TestA:\n    def test_a(self): pass\n    def help(self): pass", ["TestA::test_a"]),
        (
            "class TestA:\n    class TestB:\n        def test_a(self): pass",
            ["TestA::TestB::test_a"],
        ),
        ("class A(unittest.TestCase):\n    def test_a(self): pass", ["A::test_a"]),
        ("class A(IsolatedAsyncioTestCase):\n    async def test_a(self): pass", ["A::test_a"]),
        (
            "class Base:\n    def test_a(self): pass\n    def test_b(self): pass\n"
            "class TestA(Base):\n    def test_a(self): pass",
            ["TestA::test_a", "TestA::test_b"],
        ),
        ("class TestA(TestB): pass\nclass TestB(TestA): pass", []),
        ("if True:\n    def test_a(): pass\nelse:\n    def test_b(): pass", ["test_a", "test_b"]),
        ("try:\n    def test_a(): pass\nexcept E:\n    def test_b(): pass", ["test_a", "test_b"]),
        ("@pytest.fixture\ndef test_data(): pass\ndef test_a(): pass", ["test_a"]),
        ("def outer():\n    def test_a(): pass", []),
        ("def test_ﬁ(): pass", ["test_fi"]),
        ("from unittest import TestCase as TC\nclass A(TC):\n    def test_a(s): 0", ["A::test_a"]),
        ("import unittest as u\nB = u.TestCase\nclass A(B):\n    def test_a(s): 0", ["A::test_a"]),
        ("class TestA:\n    __test__ = False\n    def test_a(self): 0", []),
        ("class A:\n    __test__ = True\n    def test_a(self): 0", ["A::test_a"]),
        ("class TestA:\n    def __init__(self, n): 0\n    def test_a(self): 0", []),
        ("import enum\nclass TestA(enum.Enum):\n    RED = 1", []),
        ("from typing import NamedTuple\nclass TestA(NamedTuple):\n    a: int", []),
        ("@dataclass\nclass TestA:\n    a: int\n    def test_a(self): 0", []),
        ("@pytest.mark.usefixtures('b')\ndef test_a(): 0", ["test_a"]),
        ("test_a = lambda: None", ["test_a"]),
    ],
)
def test_names(text: str, tests: list[str]) -> None:
    """The tests are those that pytest collects, under the names by which it knows them."""
    assert list(read(text).tests) == tests


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# only\n# comments", '"""Text."""', "import asyncio", "pass", "..."]
)
def test_untouched(text: str) -> None:
    """A cell with nothing but imports, comments and constants was not attempted."""
    assert not read(text).attempted
    assert not read(f"%%ipytest --mutants distinct-ids\n{text}").attempted


@pytest.mark.parametrize("text", ["x = 1", "def test_a(): pass", "print()"])
def test_touched(text: str) -> None:
    """A cell in which something happens was attempted."""
    assert read(text).attempted


def test_lines_keep_their_numbers() -> None:
    """The magic becomes an empty line, so that messages name the lines of the cell."""
    suite = read("\n%%ipytest --mutants x -q\ndef test_a(): pass")
    assert suite.source == "\n\ndef test_a(): pass"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("exec('x')", "line 1: `exec` runs what nobody can read here: write the code itself"),
        ("if eval('x'):\n    pass", "line 1: `eval` runs what nobody can read here"),
        (
            "import sys\nsys.settrace(print)",
            "line 2: `.settrace` looks into the process: test what",
        ),
        ("def setup_module():\n    f.__code__", "line 2: `.__code__` looks into the process"),
        ("import inspect\nfor f in inspect.stack():\n    pass", "line 2: `inspect.stack` looks"),
        ("def test_a():\n    yield", "line 1: test_a holds a `yield`, so pytest does not run it"),
        ("x = 1\n" * LONGEST, f"{6 * LONGEST} characters: at most {LONGEST} are read"),
    ],
)
def test_rejected(text: str, sentence: str) -> None:
    """What could never earn a mark is rejected with its line and the reason."""
    assert refusal(text).startswith(sentence)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("import ctypes", "`ctypes` looks into the process: test what the object does"),
        ("from grader import bank", "`grader` is not there where suites are graded"),
        ("from sys import _getframe", "`_getframe` looks into the process"),
        ("from inspect import getsource as g", "`getsource` looks into the process"),
        ("import gc; gc.get_objects()", "`gc.get_objects` looks into the process"),
        ("import gc as g; g.get_referrers(1)", "`g.get_referrers` looks into the process"),
        ("import sys; sys.monitoring.use_tool_id(1, 'x')", "`sys.monitoring` looks into"),
        ("f.__code__", "`.__code__` looks into the process"),
        ("task.get_stack()[0].f_locals", "`.get_stack` looks into the process"),
        ("coroutine.cr_frame", "`.cr_frame` looks into the process"),
        ("getattr(f, '__code__')", "`__code__` looks into the process"),
        ("exec('pass')", "`exec` runs what nobody can read here: write the code itself"),
    ],
)
def test_refused(line: str, reason: str) -> None:
    """What serves only to look into the process sets aside the test that does it, with its line."""
    suite = read(f"def test_a():\n    {line}\n\ndef test_b(): pass")
    assert suite.refused["test_a"].startswith(f"line 2: {reason}")
    assert (suite.tests, suite.names) == (("test_b",), ("test_a", "test_b"))


REACHES = {
    "a helper": "def test_a():\n    look()",
    "a helper's helper": "def other(): look()\ndef test_a(): other()",
    "a fixture": "@pytest.fixture\ndef one(): look()\ndef test_a(one): 0",
    "a fixture by its name": """@pytest.fixture
def one(): look()
@pytest.mark.usefixtures("one")
def test_a(): 0""",
    "a base class": "class Base:\n    x = look()\nclass TestIt(Base):\n    def test_a(self): 0",
    "what runs around": """class TestIt:
    def setup_method(self): look()
    def test_a(self): 0""",
    "an autouse fixture": """class TestIt:
    @pytest.fixture(autouse=True)
    def around(self): look()
    def test_a(self): 0""",
    "a method": """class TestIt:
    def helper(self): look()
    def test_a(self): self.helper()""",
}


@pytest.mark.parametrize("way", REACHES)
def test_who_reaches_what_is_refused(way: str) -> None:
    """Through whatever the test names, or what runs around it; and no other test."""
    look = "import pytest, sys\ndef look(): sys._getframe()\n"
    beside = "class TestOther:\n    def unused(self): look()\n    def test_c(self): 0"
    suite = read(f"{look}{REACHES[way]}\ndef test_b(): 0\n{beside}")
    assert [name.rpartition("::")[2] for name in suite.refused] == ["test_a"]


@pytest.mark.parametrize(
    "text",
    [
        "import asyncio.tasks, unittest.mock, hypothesis.strategies, sqlalchemy.ext.asyncio",
        "import os, sys, inspect, errno, hashlib, posixpath, threading, traceback, sqlite3, gc",
        "from __future__ import annotations",
        "from vespera_scriptorium.domain.task import Task",
        "error.__cause__, error.__context__, error.__notes__, type(x).__name__, type(x).__mro__",
        "mock.__aenter__.return_value = mock.__aiter__.return_value = 1",
        "class A:\n    def __init__(self):\n        super().__init__()",
        "class A:\n    async def __aenter__(self): pass",
        "class A:\n    __test__ = False\n    __slots__ = ()",
        "def helper():\n    __tracebackhide__ = True",
        "getattr(x, 'name'), setattr(x, step, 1), getattr(e, '__notes__', []), vars(e)",
        "getattr(e, '__cause__', None), e.__class__.__name__, e.__traceback__, open('x')",
        "gc.collect(), inspect.signature(x), inspect.iscoroutinefunction(x), sys.modules",
        "@pytest.fixture\ndef f():\n    yield 1",
        "def test_a(f):\n    def g():\n        yield\n    g()",
        "if __name__ == '__main__':\n    pytest.main()",
        "pytest_plugins = ('pytest_asyncio',)",
    ],
)
def test_allowed(text: str) -> None:
    """What tests are made of is allowed, and the text stays as it is."""
    suite = read(f"{text}\ndef test_ok(): pass")
    assert suite.source == f"{text}\ndef test_ok(): pass"
    assert "test_ok" in suite.tests
    assert not suite.refused


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("\ufeffimport asyncio", "import asyncio"),
        ("x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n"),
        ("# -*- coding: latin-1 -*-\nx = 1", "# -*- coded: latin-1 -*-\nx = 1"),
        ("#!/usr/bin/python\n# vim: fileencoding=latin-1\nx", None),
        ("# my tests\n\n%%ipytest --mutants x\nx = 1", "# my tests\n\n\nx = 1"),
        ("%%time\n%%ipytest --mutants x\nx = 1", "\n\nx = 1"),
    ],
)
def test_what_stands_in_front(text: str, source: str | None) -> None:
    """A byte order mark, an encoding, line ends and other magics go; the lines keep their numbers.

    What is left is Python, whatever encoding it is stored in."""
    clean = read(text).source
    assert source is None or clean == source
    compile(clean.encode(), "suite", "exec")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def test_a(:", "line 1: invalid syntax"),
        ("x = 1\n  y = 2", "line 2: unexpected indent"),
        (
            "def test_a():\n    await f()",
            "line 2: 'await' outside async function: write `async def`",
        ),
        ("def test_a():\n    x = 1\n    global x", "line 3: name 'x' is assigned to before global"),
        ("return", "line 1: 'return' outside function"),
        ("x = 1\n%timeit x", "line 2: only the first line may be a magic, remove `%timeit x`"),
        ("x = 1\n!ls", "line 2: only the first line may be a magic, remove `!ls`"),
        ("x = '\ud800'", "this is not Python: it holds half a character"),
        ("x = 1\0", "this is not Python: it holds null bytes"),
        ("x = 1" + " + 1" * 20_000, "the code is nested too deeply to be read; make it flatter"),
        ("x = " + "-" * 50_000 + "1", "the code is nested too deeply to be read; make it flatter"),
        ("x = a" + ".a" * 20_000, "the code is nested too deeply to be read; make it flatter"),
        ("x = " + "(" * 1000 + ")" * 1000, "line 1: too many nested parentheses"),
    ],
)
def test_no_python(text: str, sentence: str) -> None:
    """What does not parse gets one sentence, and no traceback."""
    with pytest.raises(Unreadable) as caught:
        read(text)
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("depth", range(50, 1000, 50))
def test_any_depth(depth: int) -> None:
    """Code of any depth is read or refused."""
    for text in ("class TestA(a{}): pass", "def test_a():\n    a{}", "@a{}\ndef test_a(): pass"):
        with contextlib.suppress(Rejected):
            read(text.format(".a" * depth))


def test_most_tests() -> None:
    """As many tests as count are read, one more is rejected."""
    text = "\n".join(f"def test_{number}(): pass" for number in range(MOST_TESTS))
    assert len(read(text).tests) == MOST_TESTS
    assert refusal(f"{text}\ndef test_last(): pass").startswith(f"{MOST_TESTS + 1} tests: at most")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("def test_a(): pass\ndef test_a(): pass", "is defined more than once, and only the last"),
        ("async def test_a():\n    return 1 == 2", "returns a value, which nobody looks at"),
        ("def test_a():\n    assert (1 == 2, 'never')", "asserts a tuple, which is always true"),
        ("def test_a():\n    return", None),
        ("def test_a():\n    def f():\n        return 1\n    f()", None),
        ("def test_a():\n    return_value = 1", None),
        ("def test_a(): pass\nclass TestB:\n    def test_a(self): pass", None),
    ],
)
def test_notes(text: str, note: str | None) -> None:
    """The author of a test is told of what is likely a slip."""
    assert (note or "") in read(text).notes.get("test_a", "")
    assert bool(note) == bool(read(text).notes)


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("async def test_a(): yield 1", "test_a", "since it holds a `yield`: only a fixture may"),
        (
            "import unittest\n\nclass A(unittest.TestCase):\n    async def test_a(self): pass",
            "A::test_a",
            "derive from `unittest.IsolatedAsyncioTestCase`",
        ),
        (
            "from unittest import TestCase as T\n\nclass B(T): pass\n\n"
            "class A(B):\n    async def test_a(self): pass",
            "A::test_a",
            "`unittest.TestCase` calls it and awaits nothing",
        ),
    ],
)
def test_a_test_that_is_never_run_is_told_alone(text: str, name: str, why: str) -> None:
    """Its neighbour is judged; why it is not run stands beside it, and not as a riddle."""
    suite = read(f"{text}\n\ndef test_b(): pass\n")
    assert suite.tests == (name, "test_b")
    assert list(suite.never_run) == [name]
    assert why in suite.never_run[name]


def test_unittest_awaits_where_it_can() -> None:
    """Nor is a plain method of a plain class suspicious."""
    text = (
        "import unittest as u\n\nclass A(u.IsolatedAsyncioTestCase):\n"
        "    async def test_a(self): pass\n\nclass B(u.TestCase):\n    def test_b(self): pass"
    )
    assert read(text).never_run == {}
