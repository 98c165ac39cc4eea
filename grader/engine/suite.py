"""Reads a learner's suite, from a cell or a file, without running it.

What a text editor or a notebook may add in front of a module, a byte order mark, an encoding, other
magics, is taken away; the numbers of its lines stay.
"""

import ast
import re
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from grader.engine.collection import Collection, Found
from grader.engine.rules import Function, Rules, bound
from grader.errors import Rejected, Unreadable
from grader.runner.settings import MOST_TESTS

LONGEST = 100_000
"""Characters of a suite. A lesson's solution has some three thousand."""


@dataclass(frozen=True)
class Suite:
    """A test module: its source, with the lines of the cell, and the names of its tests."""

    source: str
    tests: tuple[str, ...]
    """The tests that can be judged."""
    attempted: bool
    """False for a cell that holds nothing but imports and comments."""
    notes: Mapping[str, str]
    """What to tell the author of a test that can be judged and is likely a slip."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """The tests that reach what the rules refuse: the line, the reason, what to do instead."""
    unsure: frozenset[str] = frozenset()
    """Names that something is bound to: tests only where pytest finds them."""
    names: tuple[str, ...] = ()
    """All tests, in the order of the text."""
    never_run: Mapping[str, str] = field(default_factory=dict)
    """The tests that pytest lists and whose body nobody runs: why, and what to write instead."""
    remarks: tuple[str, ...] = ()
    """What to tell the author of something that pytest will not take for a test."""

    def with_source(self, line: int, what: str) -> str:
        """A message about a line; for an assertion with its source and the values found."""
        found = re.match(r"(assert |AssertionError: )(.*)", what, re.DOTALL)
        if found is None or (source := _check_in(self.source, line)) is None:
            return what
        seen = found[2] if found[1] != "assert " or found[2] != source[7:] else ""
        return f"`{source}`: {seen}" if seen else f"`{source}`"

    def with_functions(self, lines: Mapping[str, str]) -> str:
        """The source, where each of these functions of the module is a line instead."""
        source = self.source.split("\n")
        for name, line in lines.items():
            for first, last in _places(self.source, name):
                source[first - 1 : last] = [line] + [""] * (last - first)
        return "\n".join(source)


@lru_cache(maxsize=8)
def _places(source: str, name: str) -> tuple[tuple[int, int], ...]:
    """The first and the last line of each function of the module that has this name.

    None where something else may need the learner's own: a decorator, or what the module asks for
    while it is imported.
    """
    body = _parse(source).body
    made = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]
    own = {name for node in made for name in bound(node)}
    asked = [node for node in body if isinstance(node, ast.Assert | ast.Expr)]
    used = {one.id for node in asked for one in ast.walk(node) if isinstance(one, ast.Name)}
    if own & used:
        return ()
    return tuple(
        (node.lineno, node.end_lineno or node.lineno)
        for node in body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name == name
        and not node.decorator_list
    )


def read(text: str, *, rules: bool = True) -> Suite:
    """Read a cell or a file. Raises `Rejected` with the line and the reason.

    `rules` is False only where a test looks at what stands behind the static rules.
    """
    if len(text) > LONGEST:
        raise Rejected(f"{len(text)} characters: at most {LONGEST} are read, keep the tests short")
    source = clean(text)
    tree = _parse(source)
    try:
        collection = Collection(tree)
        notes = {t.name: note for t in collection.tests if (note := _note(t.node)) is not None}
        refused = _refused(tree, collection.tests) if rules else {}
    except RecursionError:
        raise Rejected(_TOO_DEEP) from None
    counted = Counter(test.name for test in collection.tests)
    number = len({test.name for test in collection.tests if test.sure})
    if number > MOST_TESTS:
        raise Rejected(too_many(number))
    notes |= {name: _SHADOWED for name, count in counted.items() if count > 1}
    return Suite(
        source,
        tuple(name for name in counted if name not in refused),
        any(not _is_idle(node) for node in tree.body),
        notes,
        refused,
        frozenset(test.name for test in collection.tests if not test.sure),
        tuple(counted),
        {t.name: why for t in collection.tests if (why := _never_run(t, collection)) is not None},
        tuple(collection.remarks),
    )


def too_many(number: int) -> str:
    """Why a suite of so many tests is rejected."""
    return f"{number} tests: at most {MOST_TESTS} count, keep the best of them"


def read_file(path: Path) -> str:
    """The text of a Python file, in the encoding that it declares.

    Raises `UnicodeDecodeError` or `SyntaxError` where it is no text in that encoding.
    """
    content = path.read_bytes()
    encoding, _ = tokenize.detect_encoding(BytesIO(content).readline)
    return content.decode(encoding)


_TOO_DEEP = "the code is nested too deeply to be read; make it flatter"
_SHADOWED = "is defined more than once, and only the last one runs: rename the others"


def clean(text: str) -> str:
    """The module in a text, line for line.

    What may stand above `%%ipytest` and is no Python, `%%time` say, goes with it. An encoding that
    is declared is that of a file, and this is text.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    for number, line in enumerate(lines[:2]):
        if _COOKIE.match(line):
            lines[number] = line.replace("coding", "coded", 1)
    for number, line in enumerate(lines):
        if line.startswith("%%"):
            lines[number] = ""
            if line.startswith("%%ipytest"):
                break
        elif line.strip() and not line.lstrip().startswith("#"):
            break
    lines = ["" if _SCORE.fullmatch(line.strip()) else line for line in lines]
    return "\n".join(lines)


_SCORE = re.compile(r"""grader\.score\(["'][\w-]+["']\)""")
"""A score cell that was merged into the answer above it."""

_COOKIE = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")
"""What declares an encoding, as PEP 263 has it."""


def _parse(source: str) -> ast.Module:
    """The syntax tree. Raises `Unreadable`, also for errors that only the compiler finds."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
            compile(source, "<suite>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(_syntax(source, error)) from None
    return tree


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
    advice = ": write `async def`" if "outside async function" in error.msg else ""
    return f"line {error.lineno}: {error.msg}{advice}"


def _is_idle(node: ast.stmt) -> bool:
    """An import, a docstring or `pass`: what a cell holds before anybody has worked in it."""
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _refused(tree: ast.Module, tests: list[Found]) -> dict[str, str]:
    """The tests that reach what is refused. Raises `Rejected` where every module does."""
    rules = Rules(tree)
    if rules.everywhere is not None:
        raise Rejected(str(rules.everywhere))
    hits = {test.name: rules.reached(test.reaches(rules)) for test in tests}
    return {name: str(found[0]) for name, found in hits.items() if found}


LONGEST_CHECK = 120
"""Characters of an assertion that a message shows."""


def _last(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


@lru_cache(maxsize=64)  # the same few lines fail on mutant after mutant
def _check_in(source: str, line: int) -> str | None:
    """The source of the statement in a line that may fail an assertion, the innermost one."""
    found = None
    for node in ast.walk(ast.parse(source)):  # outer statements first
        if isinstance(node, ast.Assert | ast.Expr) and node.lineno <= line <= _last(node):
            found = node
    if found is None:
        return None
    shown = found.test if isinstance(found, ast.Assert) else found
    text = " ".join((ast.get_source_segment(source, shown) or "").split())
    text = f"assert {text}" if isinstance(found, ast.Assert) else text
    return text if len(text) <= LONGEST_CHECK else f"{text[:LONGEST_CHECK]}..."


def _note(node: ast.stmt) -> str | None:
    """A slip that leaves a test green: what it returns was meant to be asserted, say.

    Raises `Rejected` for a plain test that yields: pytest refuses the whole module. An async one it
    leaves out alone.
    """
    if not isinstance(node, Function):
        return None
    own = list(_own(node))
    if any(isinstance(child, ast.Yield | ast.YieldFrom) for child in own):
        decorated = not all(
            ast.unparse(one).startswith("pytest.mark") for one in node.decorator_list
        )
        if isinstance(node, ast.AsyncFunctionDef) or decorated:  # a context manager is run
            return None
        what = f"{node.name} holds a `yield`, so pytest does not run it; only a fixture may"
        raise Rejected(f"line {node.lineno}: {what}")
    if any(isinstance(child, ast.Return) and child.value is not None for child in own):
        return "returns a value, which nobody looks at: write `assert` instead of `return`"
    if any(isinstance(child, ast.Assert) and _is_always_true(child.test) for child in own):
        return "asserts a tuple, which is always true: remove the parentheses"
    return None


def _never_run(test: Found, collection: Collection) -> str | None:
    """Why nobody runs the body of a test that is listed, and stays green or silent."""
    if not isinstance(test.node, ast.AsyncFunctionDef):
        return None
    if any(isinstance(child, ast.Yield | ast.YieldFrom) for child in _own(test.node)):
        return "is never run, since it holds a `yield`: only a fixture may"
    if collection.is_plain_unittest(test):
        return (
            "is never run: `unittest.TestCase` calls it and awaits nothing, "
            "so derive from `unittest.IsolatedAsyncioTestCase`"
        )
    return None


def _is_always_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Tuple) and bool(node.elts)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """What belongs to a function itself, and not to one that is defined in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own(child)
