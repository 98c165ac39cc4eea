"""The source of what the bank declares, and of what it takes the place of, as learners see it."""

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

Subject = type | Callable[..., Any]

SUITE = "suite"
"""The module that stands for the learner's own tests in a `module:qualname`."""


@dataclass(frozen=True)
class Target:
    """A function of the application, a method of the class `owner`; without one, of the module.

    The module `SUITE` is the learner's own.
    """

    module: str
    owner: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "Target":
        """From `module:function` or `module:Class.method`."""
        module, _, qualname = text.partition(":")
        owner, _, name = qualname.rpartition(".")
        return cls(module, owner, name)

    def __str__(self) -> str:
        return f"{self.module}:{f'{self.owner}.' if self.owner else ''}{self.name}"


@cache
def source_of(definition: Subject) -> str:
    """The source of a class or function, decorators included, not indented, as learners see it."""
    source = textwrap.dedent(inspect.getsource(definition)).rstrip("\n")
    return re.sub(r"  # type: ignore.*$", "", source, flags=re.MULTILINE)


@cache
def definitions(cls: type) -> Mapping[str, str]:
    """The source of each method that a class defines, decorators included, not indented.

    Overloads are for type checkers, and left out.
    """
    source = source_of(cls)
    lines = source.splitlines()
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, str] = {}
    for node in definition.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if "overload" in map(ast.unparse, node.decorator_list):
                continue
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            text = textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno]))
            found[node.name] = f"{found[node.name]}\n{text}" if node.name in found else text
    return found


def _live(target: Target) -> Any:
    """The object that a target names."""
    found: Any = importlib.import_module(target.module)
    for name in [*filter(None, target.owner.split(".")), target.name]:
        found = inspect.getattr_static(found, name)
    return found


def original_of(target: Target) -> str:
    """The source of a target as it stands in the application."""
    if not target.owner:
        return source_of(_live(target))
    owner = Target(target.module, *_split(target.owner))
    return definitions(_live(owner))[target.name]


def _split(qualname: str) -> tuple[str, str]:
    owner, _, name = qualname.rpartition(".")
    return owner, name


def without_decorators(source: str) -> str:
    """Without the exercise's own."""
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    lines = source.splitlines()
    for decorator in reversed(node.decorator_list):
        if _declares(decorator):
            del lines[decorator.lineno - 1 : decorator.end_lineno]
    return "\n".join(lines)


def _declares(decorator: ast.expr) -> bool:
    names = ("mutant", "alternative", "broken", "probe", "probe_helper", "reference_for_suite")
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in names
    )


def in_place_of(target: Target, source: str, *, own_docstring: bool) -> str:
    """A variant keeps the name and the documentation of what it replaces.

    Only code is to tell them apart. The docstring of a function that is a variant by itself is the
    variant's description, and goes; a method's may stay, and is compared.
    """
    if not own_docstring:
        source = without_decorators(source)
    node = _function(source)
    lines = source.splitlines()
    if not own_docstring:
        first = node.lineno - 1
        lines[first] = lines[first].replace(f"def {node.name}(", f"def {target.name}(", 1)
        if ast.get_docstring(node) is not None:
            del lines[node.body[0].lineno - 1 : node.body[0].end_lineno]
        node = _function("\n".join(lines))
    if target.module == SUITE or ast.get_docstring(node) is not None:
        return "\n".join(lines)
    original = _function(original_of(target))
    if ast.get_docstring(original) is not None:
        body = node.body[0].lineno - 1
        lines[body:body] = _docstring_lines(target)
    return "\n".join(lines)


def _docstring_lines(target: Target) -> list[str]:
    """The docstring of a target as it is written, quotes and indentation included."""
    source = original_of(target)
    documentation = _function(source).body[0]
    return source.splitlines()[documentation.lineno - 1 : documentation.end_lineno]


def _function(source: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return node
