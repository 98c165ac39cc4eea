"""What is read out of a learner's cell, and the static rules that it keeps."""

import ast
import contextlib

import pytest

from grader.inside.settings import MOST_TESTS
from grader.suite import LONGEST, READABLE, Rejected, Unreadable, read


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
        ("test_a = lambda: None", []),
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
        ("import os", "line 1: `os` cannot be imported here; the course needs asyncio"),
        ("\nimport os.path", "line 2: `os.path` cannot be imported here"),
        ("import asyncio, sys", "line 1: `sys` cannot be imported here"),
        ("from subprocess import run", "line 1: `subprocess` cannot be imported here"),
        ("def test_a():\n    import ctypes", "line 2: `ctypes` cannot be imported here"),
        ("from grader import bank", "line 1: `grader` cannot be imported here"),
        ("from . import x", "line 1: a relative import has nothing to be relative to"),
        ("from ..a import x", "line 1: a relative import has nothing to be relative to"),
        ("open('x')", "line 1: `open` is not allowed here, a test does not need it"),
        ("f = eval", "line 1: `eval` is not allowed here"),
        ("__import__('os')", "line 1: `__import__` is not allowed here"),
        ("x.__dict__", "line 1: `.__dict__` is not allowed here, test what the object does"),
        ("f.__code__", "line 1: `.__code__` is not allowed here"),
        ("task.get_stack()[0].f_code", "line 1: `.f_code` is not allowed here, test what"),
        ("code.co_names", "line 1: `.co_names` is not allowed here"),
        ("__builtins__", "line 1: `__builtins__` is not allowed here"),
        ("getattr(x, name)", "line 1: `getattr` and `setattr` need a plain name in quotes"),
        ("getattr(x, '__dict__')", "line 1: `getattr` and `setattr` need a plain name"),
        ("setattr(x, '__' + 'dict__', 1)", "line 1: `getattr` and `setattr` need a plain name"),
        ("pytest_plugins = 'x'", "line 1: `pytest_plugins` is not allowed here"),
        ("pytest_plugins: str = 'x'", "line 1: `pytest_plugins` is not allowed here"),
        ("a, pytest_plugins = 1, 'x'", "line 1: `pytest_plugins` is not allowed here"),
        ("from asyncio import a as pytest_plugins", "line 1: `pytest_plugins` is not allowed"),
        ("def test_a():\n    yield", "line 1: test_a holds a `yield`, so pytest does not run it"),
        ("async def test_a():\n    yield 1", "line 1: test_a holds a `yield`, so pytest does not"),
        ("x = 1\n" * LONGEST, f"{6 * LONGEST} characters: at most {LONGEST} are read"),
    ],
)
def test_rejected(text: str, sentence: str) -> None:
    """What could never earn a mark is rejected with its line and the reason."""
    assert refusal(text).startswith(sentence)


@pytest.mark.parametrize(
    "text",
    [
        "import asyncio.tasks, unittest.mock, hypothesis.strategies, sqlalchemy.ext.asyncio",
        "from __future__ import annotations",
        "from vespera_scriptorium.domain.task import Task",
        "error.__cause__, error.__context__, error.__notes__, type(x).__name__",
        "mock.__aenter__.return_value = mock.__aiter__.return_value = 1",
        "class A:\n    def __init__(self):\n        super().__init__()",
        "class A:\n    async def __aenter__(self): pass",
        "def helper():\n    __tracebackhide__ = True",
        "getattr(x, 'name'), setattr(x, 'name', 1)",
        "@pytest.fixture\ndef f():\n    yield 1",
        "def test_a(f):\n    def g():\n        yield\n    g()",
    ],
)
def test_allowed(text: str) -> None:
    """What tests are made of is allowed."""
    assert read(text).source == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def test_a(:", "line 1: invalid syntax"),
        ("x = 1\n  y = 2", "line 2: unexpected indent"),
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


def test_what_is_readable_is_a_special_name() -> None:
    """The exceptions to the rule are names to which the rule would apply."""
    assert all(name == f"__{name.strip('_')}__" for name in READABLE)
    assert ast.parse(" ".join(READABLE).replace(" ", "\n"))
