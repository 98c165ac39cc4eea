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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
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
    """Patch all of them into the live modules of this process.

    Those for the learner's module, `SUITE_MODULE`, wait there until it calls `stand_in`.
    """
    global stand_in
    own: dict[str, str] = {}
    for patch in patches:
        if patch.module == SUITE_MODULE:
            own[patch.owner] = patch.source
        else:
            _apply(patch)
    stand_in = _standing_in(own)


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
    _execute_body(patch.owner, patch.source, file, names, partial(_give, live))


def _standing_in(own: Mapping[str, str]) -> Callable[[str, dict[str, Any]], None]:
    """The function that gives the learner's module what is ours; `own` holds it by its owner.

    All is made now, before any line of the suite runs, so that nothing it does changes what is ours
    or shows it: there are functions, as in the application, and neither text nor code.
    """
    functions: dict[str, Any] = {}
    bodies: dict[str, dict[str, Any]] = {}
    for owner, source in own.items():
        names = _with_imports()
        if owner:
            _execute_body(owner, source, STAND_IN, names, partial(bodies.__setitem__, owner))
        else:
            exec(_compile(source, STAND_IN, {}), names)
            functions = names

    def stand_in(name: str, suite: dict[str, Any]) -> None:
        """Put what is ours in the place of a function or a class of the learner's module.

        `suite` holds the names of that module. A class stays the one that tests derive from, and
        has our functions instead of all its own. Ours see no name of the module, and the learner
        sees none of theirs.
        """
        if name not in bodies:
            suite[name] = functions[name]
            return
        live = suite.get(name)
        if not isinstance(live, type):
            live = suite[name] = type(name, (), {"__module__": suite["__name__"]})
        if live.__bases__ != (object,):  # what it inherits would take part
            live.__bases__ = (_Bare,)
        for member in [member for member in vars(live) if member not in _OF_EVERY_CLASS]:
            delattr(live, member)
        _give(live, dict(bodies[name]))

    return stand_in


def _with_imports() -> dict[str, Any]:
    """The names of a module that has nothing but what stand-ins may count on."""
    names: dict[str, Any] = {"__name__": SUITE_MODULE}
    exec(IMPORTS, names)
    return names


IMPORTS = """\
import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

import vespera_scriptorium as application
"""
"""What stands in may count on."""

STAND_IN = "stand-in"
"""The file that code of ours in the learner's module comes from, as it says."""

_OF_EVERY_CLASS = ("__module__", "__qualname__", "__dict__", "__weakref__", "__doc__", "_abc_impl")


class _Bare:
    """Derives from nothing and has nothing."""


def _execute_body(
    owner: str,
    source: str,
    file: str,
    names: dict[str, Any],
    take: Callable[[dict[str, Any]], None],
) -> None:
    """Execute the source in a class body like that of a class; `take` is given what it makes."""
    header, indent = "", ""
    for part in owner.split("."):
        header += f"{indent}class {part}:\n"
        indent += "    "
    header = header.removesuffix(":\n") + f"(metaclass={_HOOK}):\n"
    names[_HOOK] = lambda name, bases, body: take(body)
    try:
        exec(_compile(header + textwrap.indent(source, indent), file, names), names, {})
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

_IMPLICIT = (
    *("__module__", "__qualname__", "__firstlineno__", "__static_attributes__"),
    "__classdictcell__",
)
"""What every class body holds besides what is written in it."""


def _give(live: type, body: dict[str, Any]) -> None:
    """Give what a class body has defined to the live class."""
    cell = body.pop("__classcell__", None)
    if cell is not None:  # what zero-argument `super()` looks at
        cell.cell_contents = live
    for name, member in body.items():
        if name not in _IMPLICIT:
            setattr(live, name, member)
            if hasattr(type(member), "__set_name__"):
                member.__set_name__(live, name)


def _compile(source: str, file: str, names: dict[str, Any]) -> CodeType:
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


stand_in = _standing_in({})
"""What a suite calls where something of ours is to stand; a new one for each variant."""
