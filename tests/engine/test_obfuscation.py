"""An obfuscation changes how a variant looks in every way, and what it does in none."""

import ast
import asyncio
import dis
import importlib
import inspect
import sys
from collections.abc import Callable
from random import Random
from textwrap import dedent
from types import CodeType
from typing import Any

import pytest
from helpers.variants import HERE, SEEDS, codes, made, variants

from grader.engine.obfuscation.obfuscate import Obfuscation
from grader.engine.obfuscation.scopes import FUNCTIONS, rename
from grader.errors import BankError
from grader.sources import Target

# ------------------------------------------------------------------ names

INLINES = sys.version_info >= (3, 12)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp)


def shape(code: CodeType, was: Callable[[str], str]) -> list[Any]:
    """What a function does, instruction by instruction, with its names as they were."""
    found: list[Any] = []
    for one in codes(code):
        found += [sorted(map(was, one.co_varnames)), sorted(map(was, one.co_freevars))]
        closures, cells = [], (*one.co_cellvars, *one.co_freevars)
        for instruction in dis.get_instructions(one):
            value = instruction.argval
            if instruction.opname in ("MAKE_CELL", "COPY_FREE_VARS", "LOAD_CLOSURE") or (
                value in cells and instruction.opname.startswith("LOAD_FAST")  # since Python 3.13
            ):
                closures.append(value)  # these are sorted by name
            elif isinstance(value, str) and instruction.opname != "LOAD_CONST":
                found.append((instruction.opname, was(value)))
            else:
                found.append(instruction.opname)
        found.append(sorted(was(value) for value in closures if isinstance(value, str)))
    return found


@pytest.mark.parametrize(
    "module", ["asyncio.tasks", "contextlib", "dataclasses", "functools", "inspect", "typing"]
)
def test_renaming_changes_nothing_but_names(module: str) -> None:
    """Real functions compile to the same instructions when their locals have other names."""
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    functions = [node for node in tree.body if isinstance(node, FUNCTIONS)]
    functions += [
        node
        for owner in tree.body
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, FUNCTIONS)
    ]
    names: list[str] = []

    def new_name(name: str) -> str:
        names.append(name)
        return f"n{len(names) - 1}"

    def was(name: str) -> str:
        return names[int(name[1:])] if name[:1] == "n" and name[1:].isdigit() else name

    for function in functions:
        if INLINES and any(isinstance(node, COMPREHENSIONS) for node in ast.walk(function)):
            continue  # its names are locals of the function then, once more where they differ
        before = compile(ast.unparse(function), "file", "exec")
        after = compile(ast.unparse(rename(function, new_name)), "file", "exec")
        assert shape(after, was) == shape(before, str)
    assert len(names) > 20


# ------------------------------------------------------------------ behaviour, whatever the syntax


def result(function: Any, *arguments: Any) -> Any:
    """What a call comes to, whatever kind of function it is."""

    async def collected() -> Any:
        found = function(*arguments)
        if inspect.isasyncgen(found):
            return [item async for item in found]
        return await found if inspect.isawaitable(found) else found

    try:
        found = asyncio.run(collected())
    except Exception as error:
        return type(error), str(error)
    return list(found) if inspect.isgenerator(found) else found


TRICKY = {
    "closures": """
        def f(a):
            total, step = 0, 2
            def add(a, *more, by=1, **others):
                nonlocal total
                total += a * step + sum(more) + by + len(others)
                return add
            add(a)(a, 1, 2)(by=3, a=1, x=1)
            return total, add.__defaults__
        """,
    "comprehensions": """
        def f(a):
            x = 5
            inner = [x for x in range(a) if x % 2]
            pairs = {x: y for x in inner for y in range(x) if (last := y) >= 0}
            return x, inner, pairs, last, {x for x in inner}, list(a + z for z in range(x))
        """,
    "handlers": """
        def f(a):
            error = "kept"
            try:
                1 / 0
            except ZeroDivisionError as caught:
                error = str(caught)
            try:
                caught
            except NameError as gone:
                return error, type(gone).__name__
        """,
    "groups": """
        def f(a):
            seen = []
            try:
                raise ExceptionGroup("g", [ValueError(a), KeyError(a)])
            except* ValueError as some:
                seen.append(some.exceptions[0].args)
            except* KeyError as some:
                seen.append(some.exceptions[0].args)
            return seen
        """,
    "patterns": """
        def f(a):
            match {"k": [a, 2, 3], "z": 1}:
                case {"k": [first, *rest], **others} as whole if (n := len(rest)) > 1:
                    return first, rest, others, len(whole), n
        """,
    "imports": """
        def f(a):
            import os.path
            import collections.abc as collected, json
            from math import floor as lower, pi
            return os.path.join("x", "y"), collected.Sized.__name__, json.dumps(a), lower(pi)
        """,
    "globals": """
        def f(a):
            global shared
            shared = a
            def again():
                global shared
                shared += 1
                return shared
            return again(), shared
        """,
    "classes": """
        def f(a):
            base = dict
            class Inner(base):
                '''Documentation
                of several lines.'''
                kind: int = a
                base = 5
                def get(self, key, default=a):
                    self.seen = key
                    return super().get(key, default), self.kind
            inner = Inner(a=1)
            return inner.get("a"), inner.get(key="b"), inner.base, Inner.__doc__, inner.seen
        """,
    "lambdas": """
        def f(a):
            b = 3
            g = lambda x, *, y=b: x + y + b
            return g(a), g(a, y=1), sorted([3, 1], key=lambda b: -b), b
        """,
    "strings": """
        def f(a):
            name = "\\n'\\"{}"
            text = f"{a!r:>4}{name}\\n{a=}{{}} {'x' * a:{a}}"
            return text, "a\\\\b", b"\\x00", '''one
        two'''
        """,
    "loops": """
        def f(a):
            found: list[int] = []
            later: int
            for i, (j, *_) in enumerate([(1, 2), (3, 4)]):
                if j == a:
                    continue
                found += [i, j]
                del j
            else:
                later = len(found)
            while True:
                with open("/dev/null") as file:
                    break
            return found, later, file.closed
        """,
    "nothing": """
        def f(a):
            \"\"\"Documentation only.\"\"\"
        """,
    "error": """
        def f(a):
            raise KeyError(f"{a}") from None
        """,
    "unbound": """
        def f(a):
            if a > 100:
                late = 1
            try:
                return late
            except UnboundLocalError:
                return "unbound"
        """,
}
ASYNC = {
    "tasks": """
        async def f(a):
            order = []
            async def step(number, pause=0):
                await asyncio.sleep(pause)
                order.append(number)
                return number
            results = await asyncio.gather(*(step(n) for n in range(a)))
            async with asyncio.TaskGroup() as group:
                group.create_task(step(7, pause=0.001))
            return order, results, [x async for x in numbers(a)] if a > 100 else None
        """,
    "cancelled": """
        async def f(a):
            async def wait():
                try:
                    await asyncio.Event().wait()
                finally:
                    ended.append(a)
            ended = []
            waiting = asyncio.create_task(wait())
            await asyncio.sleep(0)
            waiting.cancel()
            try:
                await waiting
            except asyncio.CancelledError:
                return ended
        """,
    "generator within": """
        async def f(a):
            async def numbers(n):
                for i in range(n):
                    yield i
                return
            return [x * 2 async for x in numbers(a)]
        """,
    "plain": """
        async def f(a):
            return a
        """,
}
GENERATORS = {
    "yields": """
        def f(a):
            got = yield a
            yield from (x for x in range(a))
            return got
        """,
    "lists": """
        def f(a):
            return [a, *range(a)]
        """,
    "one": """
        def f(a):
            yield a
        """,
}
ASYNC_GENERATORS = {
    "some": """
        async def f(a):
            try:
                for i in range(a):
                    yield i
                    if i > 1:
                        return
            finally:
                await asyncio.sleep(0)
        """,
    "none": """
        async def f(a):
            return
            yield
        """,
}
FAMILIES = [TRICKY, ASYNC, GENERATORS, ASYNC_GENERATORS]
CASES = [
    pytest.param(list(family.values()), number, id=name)
    for family in FAMILIES
    for number, name in enumerate(family)
]


@pytest.mark.parametrize(("family", "number"), CASES)
def test_every_syntax_behaves_as_before(family: list[str], number: int) -> None:
    """Whatever else stands in the same function, a body does what it did alone."""
    known = variants(*family)
    obfuscation = Obfuscation(known)
    before = made(dedent(family[number]))
    for seed in SEEDS:
        after = made(obfuscation.obfuscate(known[number], Random(seed)).sources[HERE])
        assert result(after, 3) == result(before, 3)
        assert inspect.signature(after) == inspect.signature(before)
        assert inspect.getdoc(after) == inspect.getdoc(before)
        for kind in ("isgeneratorfunction", "iscoroutinefunction", "isasyncgenfunction"):
            assert getattr(inspect, kind)(after) == getattr(inspect, kind)(before)


def test_decorators_defaults_and_annotations_stay() -> None:
    """What stands around a body is that of the variant, to the letter."""
    source = """
        @asynccontextmanager
        async def f(a: int, /, b: "str" = "x", *c: int, d: float = 1.5, **e: None) -> "list":
            '''One.

                Two.
            '''
            yield a, b, c, d, e
        """
    known = variants(source, source.replace("yield a,", "yield None,"))
    before = made(dedent(source))
    after = made(Obfuscation(known).obfuscate(known[0], Random(1)).sources[HERE])
    assert inspect.signature(after) == inspect.signature(before)
    assert (after.__doc__, after.__name__) == (before.__doc__, before.__name__)
    assert after.__annotations__ == before.__annotations__

    async def entered(manager: Any) -> Any:
        async with manager as found:
            return found

    assert asyncio.run(entered(after(1, d=2))) == (1, "x", (), 2, {})


def test_a_property_has_several_functions() -> None:
    """Getter and setter are obfuscated apart."""
    source = """
        @property
        def f(self):
            return self.value
        @f.setter
        def f(self, value):
            self.value = value + 1
        """
    known = variants(source, source.replace("+ 1", "+ 2"))
    names: dict[str, Any] = {}
    exec(Obfuscation(known).obfuscate(known[1], Random(1)).sources[HERE], names)
    owner = type("Owner", (), {"f": names["f"]})()
    owner.f = 1
    assert owner.f == 3


def test_strings_on_several_lines_are_as_deep_as_in_their_class() -> None:
    """A source is read where it stands: the indentation of a string is part of it."""
    target = Target("module", "Outer.Inner", "f")
    source = "def f(self):\n    return '''a\n      b\n\n    c'''"
    known = variants(source, "def f(self):\n    return 2", target=target)
    text = Obfuscation(known).obfuscate(known[0], Random(1)).sources[target]
    assert made(text)(None) == "a\n              b\n\n            c"


@pytest.mark.parametrize("call", ["locals()", "vars()", "dir()", "eval('a')", "exec('a')"])
def test_a_body_that_looks_at_its_names_is_refused(call: str) -> None:
    """An author is told at once that an obfuscation would change what it does."""
    with pytest.raises(BankError, match="looks at the names of its own locals"):
        Obfuscation(variants(f"def f(a):\n    return {call}"))
