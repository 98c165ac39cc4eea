"""Put one variant's functions in the place of the subject's own.

The source is compiled in a class body that is named like the live class, in the globals of the
subject's module and under its file name. What the body makes is given to the live class instead
of to a new one. So qualified names, private names, properties, decorators and zero-argument
`super()` are what they would be had the functions stood there from the start.
"""

import __future__

import importlib
import linecache
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from types import CodeType
from typing import Any


@dataclass(frozen=True)
class Patch:
    """The source of some functions, and where they belong.

    `owner` is the qualified name of a class in `module`, or empty for functions of the module
    itself. `source` holds the definitions, not indented, decorators included.
    """

    module: str
    owner: str
    source: str


def apply(patches: Iterable[Patch]) -> None:
    """Patch all of them into the live modules of this process."""
    for patch in patches:
        _apply(patch)


def _apply(patch: Patch) -> None:
    module = importlib.import_module(patch.module)
    names = vars(module)
    file = module.__file__ or patch.module
    linecache.cache.pop(file, None)
    if not patch.owner:
        _replace_functions(_compile(patch.source, file, names), names, patch.module)
        return
    live: Any = module
    for part in patch.owner.split("."):
        live = getattr(live, part)
    _define(patch, live, file, names)


def define(name: str, suite: dict[str, Any], source: str) -> None:
    """Define a function of ours in the learner's module, unless the name has it already.

    `suite` holds the names of that module.
    """
    code = getattr(suite.get(name), "__code__", None)
    if code is None or code.co_filename != _STAND_IN:
        exec(_compile(source, _STAND_IN, suite), suite)


def stand_in(name: str, suite: dict[str, Any], source: str) -> None:
    """Give a class of the learner's module the functions of ours, in the place of all its own.

    It stays the class that tests derive from. Ours see no name of the learner's module, and the
    learner sees none of theirs. `suite` holds the names of that module.
    """
    live = suite.get(name)
    if not isinstance(live, type):
        live = suite[name] = type(name, (), {"__module__": suite["__name__"]})
    if live.__bases__ != (object,):  # what it inherits would take part
        live.__bases__ = (_Bare,)
    for member in [member for member in vars(live) if member not in _OF_EVERY_CLASS]:
        delattr(live, member)
    names: dict[str, Any] = {"__name__": suite["__name__"]}
    exec(IMPORTS, names)
    _define(Patch("", name, source), live, _STAND_IN, names)


IMPORTS = """\
import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

import vespera_scriptorium as application
"""
"""What a class that stands in may count on."""

_STAND_IN = "stand-in"
"""The file that code of ours in the learner's module comes from, as it says."""

_OF_EVERY_CLASS = ("__module__", "__qualname__", "__dict__", "__weakref__", "__doc__", "_abc_impl")


class _Bare:
    """Derives from nothing and has nothing."""


def _define(patch: Patch, live: type, file: str, names: dict[str, Any]) -> None:
    """Execute the source in a class body like that of a class, and give the class what it makes."""
    header, indent = "", ""
    for part in patch.owner.split("."):
        header += f"{indent}class {part}:\n"
        indent += "    "
    header = header.removesuffix(":\n") + f"(metaclass={_HOOK}):\n"
    names[_HOOK] = lambda name, bases, body: _give(body, live)
    try:
        exec(_compile(header + textwrap.indent(patch.source, indent), file, names), names, {})
    finally:
        del names[_HOOK]


def _replace_functions(definitions: Any, names: dict[str, Any], module: str) -> None:
    """Define functions anew, also where the application, or the suite, has imported them."""
    before = dict(names)
    exec(definitions, names)
    replaced = [(old, names[name]) for name, old in before.items() if names[name] is not old]
    known = (module.partition(".")[0], SUITE_MODULE)
    for name, other in list(sys.modules.items()):
        if name.partition(".")[0] in known:
            for key, value in list(vars(other).items()):
                for old, new in replaced:
                    if value is old:
                        setattr(other, key, new)


SUITE_MODULE = "test_suite"
"""The name of the suite's module in a run."""

_HOOK = "__patch__"
"""Stands in for a metaclass while a class body is executed."""

_IMPLICIT = ("__module__", "__qualname__", "__firstlineno__", "__static_attributes__")
"""What every class body holds besides what is written in it."""


def _give(body: dict[str, Any], live: type) -> type:
    """Give what a class body has defined to the live class."""
    cell = body.pop("__classcell__", None)
    if cell is not None:  # what zero-argument `super()` looks at
        cell.cell_contents = live
    for name, member in body.items():
        if name not in _IMPLICIT:
            setattr(live, name, member)
            if hasattr(type(member), "__set_name__"):
                member.__set_name__(live, name)
    return live


def _compile(source: str, file: str, names: dict[str, Any]) -> Any:
    flags = 0
    if names.get("annotations") is __future__.annotations:
        flags = __future__.annotations.compiler_flag
    return _on_one_line(compile(source, file, "exec", flags=flags, dont_inherit=True))


def _on_one_line(code: CodeType) -> CodeType:
    """The same code, and all code in it, with a table that has one line and no columns."""
    units = len(code.co_code) // 2
    whole, rest = divmod(units, 8)  # an entry covers up to 8 of them, and moves by 0 lines
    table = bytes([0xEF, 0]) * whole + (bytes([0xE8 | rest - 1, 0]) if rest else b"")
    constants = (
        _on_one_line(constant) if isinstance(constant, CodeType) else constant
        for constant in code.co_consts
    )
    return code.replace(co_firstlineno=1, co_linetable=table, co_consts=tuple(constants))
