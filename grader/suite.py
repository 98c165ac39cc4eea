"""A learner's tests, out of a cell or a file, and the static rules they keep.

The rules are a courtesy and a tripwire: they name early, with a line, what could never earn a mark
in the sandbox. They are not the wall around learner code.
"""

import ast
import warnings
from dataclasses import dataclass

from grader.inside.settings import MOST_TESTS

IMPORTS = frozenset(
    (
        *("__future__", "abc", "asyncio", "collections", "contextlib", "contextvars", "copy"),
        *("dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "hypothesis"),
        *("itertools", "json", "logging", "looptime", "math", "operator", "pathlib", "pytest"),
        *("pytest_asyncio", "random", "re", "sqlalchemy", "statistics", "string", "tempfile"),
        *("textwrap", "time", "types", "typing", "unittest", "uuid", "vespera_scriptorium"),
        *("warnings", "weakref"),
    )
)
"""The modules that a suite may import, with all their submodules."""

BUILTINS = frozenset(
    (
        *("__import__", "breakpoint", "compile", "delattr", "eval", "exec", "globals", "input"),
        *("locals", "open", "vars"),
    )
)
"""Builtins that a suite may not use."""

READABLE = frozenset(("__cause__", "__context__", "__name__", "__notes__", "__suppress_context__"))
"""The double-underscore attributes that a test has a use for."""


class Rejected(Exception):
    """The suite breaks a static rule or does not parse; the message is one sentence."""


class Unreadable(Rejected):
    """The suite is no Python."""


@dataclass(frozen=True)
class Suite:
    """A test module: its source, with the lines of the cell, and the names of its tests."""

    source: str
    tests: tuple[str, ...]
    attempted: bool
    """False for a cell that holds nothing but imports and comments."""


def read(text: str) -> Suite:
    """Read a cell or a file. Raises `Rejected` with the line and the reason."""
    source = _without_magic(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(_syntax(source, error)) from None
    try:
        _check(tree)
    except RecursionError:
        raise Rejected("the code is nested too deeply to be read; make it flatter") from None
    tests = tuple(dict.fromkeys(_tests(tree)))
    if len(tests) > MOST_TESTS:
        raise Rejected(f"{len(tests)} tests: at most {MOST_TESTS} count, keep the best of them")
    return Suite(source, tests, any(not _is_idle(node) for node in tree.body))


def _without_magic(text: str) -> str:
    """The first line may be `%%ipytest …`; it becomes an empty line, so that numbers stay."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.strip():
            if line.startswith("%%ipytest"):
                lines[number] = ""
            break
    return "\n".join(lines)


def _syntax(source: str, error: BaseException) -> str:
    if not isinstance(error, SyntaxError) or error.lineno is None:
        return f"this is not Python: {str(error) or type(error).__name__}"
    line = (source.split("\n")[error.lineno - 1 :] or [""])[0].strip()
    if line[:1] in ("%", "!"):
        return f"line {error.lineno}: only the first line may be a magic, remove `{line[:40]}`"
    return f"line {error.lineno}: {error.msg}"


def _is_idle(node: ast.stmt) -> bool:
    """An import, a docstring or `pass`: what a cell holds before anybody has worked in it."""
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _check(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        reason = _reason(node)
        if reason is not None:
            raise Rejected(f"line {getattr(node, 'lineno', 1)}: {reason}")


def _reason(node: ast.AST) -> str | None:
    match node:
        case ast.Import(names=names):
            return next(filter(None, (_import_reason(alias.name) for alias in names)), None)
        case ast.ImportFrom(module=module, level=level):
            if level:
                return "a relative import has nothing to be relative to, name the module in full"
            return _import_reason(module or "")
        case ast.Name(id=name) if name in BUILTINS:
            return f"`{name}` is not allowed here, a test does not need it"
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))):
            return None
        case ast.Attribute(attr=name) if _is_dunder(name) and name not in READABLE:
            return f"`.{name}` is not allowed here, test what the object does"
        case ast.Name(id=name) if _is_dunder(name) and name not in ("__name__", "__class__"):
            return f"`{name}` is not allowed here"
        case ast.Call(func=ast.Name(id="getattr" | "setattr"), args=[_, name, *_]) if not (
            isinstance(name, ast.Constant) and not _is_dunder(str(name.value))
        ):
            return "`getattr` and `setattr` need a plain name in quotes"
        case ast.Assign(targets=[ast.Name(id="pytest_plugins")]):
            return "`pytest_plugins` is not allowed here"
    return None


def _import_reason(module: str) -> str | None:
    if module.partition(".")[0] in IMPORTS:
        return None
    return f"`{module}` cannot be imported here; the course needs {_LISTED} and the like"


_LISTED = "asyncio, pytest, unittest.mock, vespera_scriptorium"


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4


def _tests(tree: ast.Module) -> list[str]:
    """The names under which pytest will collect tests: functions, methods, inherited methods."""
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("test"):
                found.append(node.name)
        elif isinstance(node, ast.ClassDef) and (
            node.name.startswith("Test") or _is_test_case(node, classes)
        ):
            found += [f"{node.name}::{method}" for method in _methods(node, classes, set())]
    return found


def _bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base).rpartition(".")[2] for base in node.bases]


def _is_test_case(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> bool:
    return any(
        base in ("TestCase", "IsolatedAsyncioTestCase")
        or (base in classes and base != node.name and _is_test_case(classes[base], classes))
        for base in _bases(node)
    )


def _methods(node: ast.ClassDef, classes: dict[str, ast.ClassDef], seen: set[str]) -> list[str]:
    seen.add(node.name)
    found = [
        child.name
        for child in node.body
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        and child.name.startswith("test")
    ]
    for base in _bases(node):
        if base in classes and base not in seen:
            found += _methods(classes[base], classes, seen)
    return found
