"""Put one variant's functions in the place of the subject's own.

The source is compiled in a class body that is named like the live class, in the globals of the
subject's module and under its file name. That keeps name mangling, properties and decorators;
pointing the `__class__` cell at the live class keeps zero-argument `super()`.
"""

import __future__

import ast
import importlib
import linecache
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from types import CellType, FunctionType
from typing import Any


@dataclass(frozen=True)
class Graft:
    """The source of some functions, and where they belong.

    `owner` is the qualified name of a class in `module`, or empty for functions of the module
    itself. `source` holds the definitions, not indented, decorators included.
    """

    module: str
    owner: str
    source: str


def apply(grafts: Iterable[Graft]) -> None:
    """Graft all of them into the live modules of this process."""
    for graft in grafts:
        _apply(graft)


def _apply(graft: Graft) -> None:
    module = importlib.import_module(graft.module)
    names = vars(module)
    file = module.__file__ or graft.module
    linecache.cache.pop(file, None)
    if not graft.owner:
        exec(_compile(graft.source, file, names), names)
        return
    live: Any = module
    for part in graft.owner.split("."):
        live = getattr(live, part)
    body = f"class {live.__name__}:\n{textwrap.indent(graft.source, '    ')}\n"
    scope: dict[str, Any] = {}
    exec(_compile(body, file, names), names, scope)
    for definition in ast.parse(graft.source).body:
        name = _live_name(live, getattr(definition, "name", ""))
        member = vars(scope[live.__name__])[name]
        for function in _functions(member):
            function.__qualname__ = f"{graft.owner}.{function.__name__}"
            _point_class_cell(function, live)
        setattr(live, name, member)


def _live_name(live: type, name: str) -> str:
    """The name under which a class body stores a definition: `__x` is mangled."""
    mangled = name.startswith("__") and not name.endswith("__")
    return f"_{live.__name__.lstrip('_')}{name}" if mangled else name


def _compile(source: str, file: str, names: dict[str, Any]) -> Any:
    flags = 0
    if names.get("annotations") is __future__.annotations:
        flags = __future__.annotations.compiler_flag
    return compile(source, file, "exec", flags=flags, dont_inherit=True)


def _functions(member: Any) -> list[FunctionType]:
    """The plain functions inside a method, property, class method or decorated function."""
    found = []
    for inner in (
        member,
        getattr(member, "__func__", None),
        getattr(member, "__wrapped__", None),
        getattr(member, "fget", None),
        getattr(member, "fset", None),
        getattr(member, "fdel", None),
    ):
        if isinstance(inner, FunctionType):
            found.append(inner)
    return found


def _point_class_cell(function: FunctionType, live: type) -> None:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if name == "__class__" and isinstance(cell, CellType):
            cell.cell_contents = live
