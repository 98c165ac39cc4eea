"""Grafting: a variant's functions in the place of the subject's own, as if they had been there."""

import asyncio
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from types import CodeType, ModuleType
from typing import Any

import pytest

from grader.runner import patch as patching
from grader.runner.patch import SUITE_MODULE, Patch, apply

SUBJECT = """
import functools
from contextlib import asynccontextmanager, contextmanager

GREETING = "hello"


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        return f"logged {function(*args)}"
    return wrapper


class Base:
    def __init__(self):
        self.log = ["base"]

    def name(self):
        return "base"

    @classmethod
    def make(cls):
        return cls()


class _Subject(Base):
    LIMIT = 3

    def __init__(self):
        super().__init__()
        self.__secret = "secret"

    def name(self):
        return f"subject of {super().name()}"

    def __hidden(self):
        return "hidden"

    def reveal(self):
        return self.__hidden()

    @property
    def title(self):
        return "title"

    @title.setter
    def title(self, value):
        self.log.append(value)

    @classmethod
    def make(cls):
        return super().make()

    @staticmethod
    def static():
        return "static"

    @functools.cached_property
    def cached(self):
        return "cached"

    @logged
    def decorated(self):
        return "decorated"

    @asynccontextmanager
    async def session(self):
        yield "session"

    async def work(self):
        return "work"

    class Inner:
        def name(self):
            return "inner"


class Child(_Subject):
    def name(self):
        return f"child of {super().name()}"


def function():
    return GREETING


def caller():
    return function()
"""


@pytest.fixture
def subject(tmp_path: Path) -> Iterator[ModuleType]:
    """A module of its own for each test."""
    file = tmp_path / "subject_of_grafts.py"
    file.write_text(SUBJECT)
    sys.path.insert(0, str(tmp_path))
    try:
        yield __import__("subject_of_grafts")
    finally:
        sys.path.remove(str(tmp_path))
        del sys.modules["subject_of_grafts"]


@pytest.fixture
def patch(subject: ModuleType) -> Callable[..., Any]:
    """Grafts a source into the class `_Subject`, and answers with an object that was there."""

    def patch(source: str, owner: str = "_Subject") -> Any:
        live = subject.Child()
        apply([Patch("subject_of_grafts", owner, dedent(source))])
        return live

    return patch


def test_a_method_of_the_live_class(patch: Callable[..., Any]) -> None:
    """Objects that exist already, and children, have the new method."""
    live = patch("def name(self):\n    return 'new'")
    assert live.name() == "child of new"


def test_super(patch: Callable[..., Any]) -> None:
    """Zero-argument `super()` means the parent of the live class."""
    live = patch("def name(self):\n    return f'new of {super().name()}'")
    assert live.name() == "child of new of base"


def test_super_in_a_nested_function(patch: Callable[..., Any]) -> None:
    """So it does in a function within a method."""
    live = patch(
        """
        def name(self):
            def inner():
                return super(__class__, self).name()
            return inner()
        """
    )
    assert live.name() == "child of base"


@pytest.mark.parametrize(
    "source",
    [
        "@classmethod\ndef make(cls):\n    return super().make(), __class__",
        "@staticmethod\ndef static():\n    return __class__",
        "@property\ndef title(self):\n    return super().name(), __class__",
        "@functools.cached_property\ndef cached(self):\n    return super().name(), __class__",
        "@logged\ndef decorated(self):\n    return super().name(), __class__",
        "@functools.cache\n@logged\ndef decorated(self):\n    return super().name(), __class__",
        "@staticmethod\n@logged\ndef static():\n    return __class__",
    ],
)
def test_class_cell_under_decorators(
    patch: Callable[..., Any], subject: ModuleType, source: str
) -> None:
    """Under any decorator, a method knows the live class as its own."""
    live = patch(source)
    name = source.partition("def ")[2].partition("(")[0]
    found = getattr(live, name)
    assert str(subject._Subject) in str(found() if callable(found) else found)


def test_name_mangling(patch: Callable[..., Any]) -> None:
    """Private names are those of the live class, when they are used and when they are defined."""
    live = patch("def __hidden(self):\n    return f'new {self.__secret}'")
    assert live.reveal() == "new secret"


def test_property_with_a_setter(patch: Callable[..., Any]) -> None:
    """A property keeps all its functions."""
    live = patch(
        """
        @property
        def title(self):
            return "new"
        @title.setter
        def title(self, value):
            self.log.append(f"new {value}")
        """
    )
    live.title = "value"
    assert (live.title, live.log) == ("new", ["base", "new value"])


def test_cached_property(patch: Callable[..., Any]) -> None:
    """A cached property is cached under its own name."""
    live = patch("@functools.cached_property\ndef cached(self):\n    return object()")
    assert live.cached is live.cached


def test_several_methods(patch: Callable[..., Any]) -> None:
    """One text may hold several definitions."""
    live = patch("def static():\n    pass\n\n\nasync def work(self):\n    return 'new'")
    assert inspect.iscoroutinefunction(live.work)


async def test_async_context_manager(patch: Callable[..., Any]) -> None:
    """A method that is an async context manager stays one."""
    live = patch(
        """
        @asynccontextmanager
        async def session(self):
            yield super().name()
        """
    )
    async with live.session() as found:
        assert found == "base"


def test_names_are_the_live_ones(patch: Callable[..., Any], subject: ModuleType) -> None:
    """Qualified name, module and globals are those of what is replaced."""
    before = subject._Subject.name
    live = patch("def name(self):\n    return GREETING\nasync def work(self):\n    pass")
    after = subject._Subject.name
    assert after is not before
    assert (after.__qualname__, after.__module__) == (before.__qualname__, before.__module__)
    assert after.__globals__ is before.__globals__
    assert live.work.__qualname__ == "_Subject.work"


def test_an_inner_class(patch: Callable[..., Any], subject: ModuleType) -> None:
    """The owner may be a class in a class."""
    patch("def name(self):\n    return 'new'", owner="_Subject.Inner")
    assert subject._Subject.Inner().name() == "new"
    assert subject._Subject.Inner.name.__qualname__ == "_Subject.Inner.name"


def test_a_function_of_the_module(patch: Callable[..., Any], subject: ModuleType) -> None:
    """A function is replaced where the rest of its module finds it."""
    patch("def function():\n    return f'new {GREETING}'", owner="")
    assert subject.caller() == "new hello"
    assert subject.function.__module__ == "subject_of_grafts"


@pytest.mark.parametrize(("owner", "call"), [("_Subject", "name"), ("", "function")])
def test_tracebacks_name_the_subject(
    patch: Callable[..., Any], subject: ModuleType, owner: str, call: str
) -> None:
    """A traceback through a variant names the subject's own file, and no line of another."""
    live = patch(f"def {call}(*args):\n    raise ValueError", owner=owner)
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # there is nothing to match
        (subject.function if owner == "" else live.name)()
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.filename, last.name) == (subject.__file__, call)


def test_postponed_annotations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a module with postponed annotations those of a variant are postponed, too."""
    (tmp_path / "postponed_subject.py").write_text(
        "from __future__ import annotations\nclass A:\n    def a(self, b: Unknown): pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    apply([Patch("postponed_subject", "A", "def a(self, b: Unknown):\n    return b")])
    assert sys.modules.pop("postponed_subject").A().a(1) == 1


HERS = """
import pytest


class Helpful:
    def inherited(self):
        return "hers"


class Base(Helpful):
    LIMIT = 3

    def name(self):
        return "hers"

    def own(self):
        return "hers"


class TestOfBase(Base):
    def shout(self):
        return self.name().upper()
"""


@pytest.fixture
def hers() -> dict[str, Any]:
    """The names of a learner's module."""
    names: dict[str, Any] = {"__name__": "test_suite"}
    exec(HERS, names)
    return names


def stand_in(name: str, suite: dict[str, Any], source: str) -> None:
    """What is ours is in a patch; the module calls for it by its name."""
    apply([Patch(SUITE_MODULE, name, source)])
    patching.stand_in(name, suite)


def test_a_class_stands_in_for_the_learners(hers: dict[str, Any]) -> None:
    """Classes that derive from it have our functions, and none of its own."""
    stand_in("Base", hers, "def name(self):\n    return 'ours'\n\nasync def work(self):\n    pass")
    assert hers["TestOfBase"]().shout() == "OURS"
    assert inspect.iscoroutinefunction(hers["TestOfBase"].work)
    for name in ("LIMIT", "own", "inherited"):
        assert not hasattr(hers["Base"], name)


def test_what_stands_in_brings_its_names(hers: dict[str, Any]) -> None:
    """It sees what it counts on, and nothing of the learner's; the learner sees none of it."""
    before = set(hers)
    source = "def name(self):\n    return asyncio, application, 'Helpful' in globals()"
    stand_in("Base", hers, source)
    assert hers["Base"]().name()[2] is False
    assert set(hers) == before


@pytest.mark.parametrize("written", [None, "a text"])
def test_a_class_stands_in_where_the_learner_has_none(written: object) -> None:
    """Or something else of that name."""
    names: dict[str, Any] = {"__name__": "test_suite"} | ({"Base": written} if written else {})
    stand_in("Base", names, "def name(self):\n    return 'ours'")
    assert (names["Base"]().name(), names["Base"].__module__) == ("ours", "test_suite")


def test_a_function_stands_in_for_the_learners(hers: dict[str, Any]) -> None:
    """The same object where theirs stood and below all else; it sees no name of their module."""
    source = "def shout():\n    return asyncio, application, 'Helpful' in globals(), max(1, 2)"
    apply([Patch(SUITE_MODULE, "", source)])
    patching.stand_in("shout", hers)
    first = hers["shout"]
    hers.update(shout=None, asyncio=None, max=min)
    patching.stand_in("shout", hers)
    assert hers["shout"] is first
    assert first()[2:] == (False, 2)
    assert first()[0] is asyncio


def test_nothing_shows_what_stands_in() -> None:
    """Neither a name of a module nor the closure of what puts it there: it holds functions only."""
    source = "def shout():\n    return 'secret'"
    apply([Patch(SUITE_MODULE, "", source), Patch(SUITE_MODULE, "Base", source)])
    held = [cell.cell_contents for cell in patching.stand_in.__closure__ or ()]
    assert len(held) == 2
    assert "secret" not in repr([vars(patching), held])
    assert not any(isinstance(one, CodeType) for names in held for one in names.values())
