"""A learner's tests, out of a cell or a file, and the static rules they keep.

The rules are a courtesy and a tripwire: they name early, with a line, what could never earn a mark
in the sandbox. They are not the wall around learner code.
"""

import ast
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
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

READABLE = frozenset(
    (
        *("__cause__", "__context__", "__name__", "__notes__", "__suppress_context__"),
        # what a mock is told to answer
        *("__aenter__", "__aexit__", "__aiter__", "__anext__", "__enter__", "__exit__"),
        *("__iter__", "__next__", "__len__", "__getitem__", "__contains__", "__bool__"),
    )
)
"""The double-underscore attributes that a test has a use for."""

FRAMES = frozenset(
    (
        *("f_back", "f_builtins", "f_code", "f_globals", "f_lasti", "f_locals", "f_trace"),
        *("cr_await", "cr_code", "cr_frame", "gi_code", "gi_frame", "gi_yieldfrom"),
        *("ag_await", "ag_code", "ag_frame", "tb_frame", "tb_lasti", "tb_next", "get_stack"),
    )
)
"""Attributes that show code while it runs: a test looks at what comes of it."""

USABLE = frozenset(("__name__", "__class__", "__tracebackhide__"))
"""The double-underscore names that a test has a use for."""

LONGEST = 100_000
"""Characters of a suite. A lesson's solution has some three thousand."""


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
    notes: Mapping[str, str]
    """What to tell the author of a test that can be judged and is likely a slip."""


def read(text: str) -> Suite:
    """Read a cell or a file. Raises `Rejected` with the line and the reason."""
    if len(text) > LONGEST:
        raise Rejected(f"{len(text)} characters: at most {LONGEST} are read, keep the tests short")
    source = _without_magic(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(_syntax(source, error)) from None
    try:
        _check(tree)
        functions = list(_tests(tree))
        notes = {name: note for name, node in functions if (note := _note(node)) is not None}
    except RecursionError:
        raise Rejected(_TOO_DEEP) from None
    counted = Counter(name for name, _ in functions)
    tests = tuple(counted)
    if len(tests) > MOST_TESTS:
        raise Rejected(f"{len(tests)} tests: at most {MOST_TESTS} count, keep the best of them")
    notes |= {name: _SHADOWED for name, count in counted.items() if count > 1}
    return Suite(source, tests, any(not _is_idle(node) for node in tree.body), notes)


_TOO_DEEP = "the code is nested too deeply to be read; make it flatter"
_SHADOWED = "is defined more than once, and only the last one runs: rename the others"


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
    if isinstance(error, UnicodeEncodeError):
        return "this is not Python: it holds half a character, which has no meaning alone"
    if isinstance(error, RecursionError | MemoryError):
        return _TOO_DEEP
    if "\0" in source:
        return "this is not Python: it holds null bytes"
    if not isinstance(error, SyntaxError) or error.lineno is None:
        return f"this is not Python: {error}"
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
        case ast.Attribute(attr=name) if name in FRAMES or name.startswith("co_"):
            return f"`.{name}` is not allowed here, test what the object does"
        case ast.Name(id=name) if _is_dunder(name) and name not in USABLE:
            return f"`{name}` is not allowed here"
        case ast.Call(func=ast.Name(id="getattr" | "setattr"), args=[_, name, *_]) if not (
            isinstance(name, ast.Constant) and not _is_dunder(str(name.value))
        ):
            return "`getattr` and `setattr` need a plain name in quotes"
        case ast.Name(id="pytest_plugins") | ast.alias(asname="pytest_plugins"):
            return "`pytest_plugins` is not allowed here"
    return None


def _import_reason(module: str) -> str | None:
    if module.partition(".")[0] in IMPORTS:
        return None
    return f"`{module}` cannot be imported here; the course needs {_LISTED} and the like"


_LISTED = "asyncio, pytest, unittest.mock, vespera_scriptorium"


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _tests(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """What pytest will collect as tests: functions, methods, inherited methods, by their names."""
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}

    def collected(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, Function]]:
        for node in _statements(body):
            if isinstance(node, Function):
                if node.name.startswith("test") and not _is_fixture(node):
                    yield prefix + node.name, node
            elif isinstance(node, ast.ClassDef) and (
                node.name.startswith("Test") or _is_test_case(node, classes)
            ):
                yield from methods(node, f"{prefix}{node.name}::")

    def methods(node: ast.ClassDef, prefix: str) -> Iterator[tuple[str, Function]]:
        found = list(collected(node.body, prefix))
        own = {name for name, _ in found}
        for base in _ancestors(node, classes):
            inherited = [(name, test) for name, test in collected(base.body, prefix)]
            found += [(name, test) for name, test in inherited if name not in own]
            own |= {name for name, _ in inherited}
        yield from found

    yield from collected(tree.body, "")


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module or a class, also those under `if`, `try`, `with` and loops."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.TryStar | ast.With | ast.For | ast.While):
            for part in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, part, []))
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)


def _is_fixture(node: Function) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)


def _ancestors(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> list[ast.ClassDef]:
    """The classes of the suite that a class inherits from, nearest first."""
    found: list[ast.ClassDef] = []
    pending = [node]
    while pending:
        for name in _bases(pending.pop(0)):
            base = classes.get(name)
            if base is not None and base is not node and base not in found:
                found.append(base)
                pending.append(base)
    return found


def _bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base).rpartition(".")[2] for base in node.bases]


def _is_test_case(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> bool:
    family = [node, *_ancestors(node, classes)]
    return any(
        base in ("TestCase", "IsolatedAsyncioTestCase") for one in family for base in _bases(one)
    )


def _note(node: Function) -> str | None:
    """A test that returns a value was meant to assert it; pytest looks at no return value.

    Raises `Rejected` for a test that yields: pytest refuses the whole module.
    """
    own = list(_own(node))
    if any(isinstance(child, ast.Yield | ast.YieldFrom) for child in own):
        what = f"{node.name} holds a `yield`, so pytest does not run it; only a fixture may"
        raise Rejected(f"line {node.lineno}: {what}")
    if any(isinstance(child, ast.Return) and child.value is not None for child in own):
        return "returns a value, which nobody looks at: write `assert` instead of `return`"
    return None


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """What belongs to a function itself, and not to one that is defined in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own(child)
