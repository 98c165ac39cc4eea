"""A disguise changes how a variant looks in every way, and what it does in none."""

import ast
import asyncio
import builtins
import dis
import importlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from random import Random
from textwrap import dedent
from types import CodeType
from typing import Any

import pytest
from helpers.course import ROOT

from grader.bank import exercises
from grader.course.notebooks import solution
from grader.engine.execution import Defences, Executor, Run
from grader.engine.obfuscation.obfuscate import Obfuscated, Obfuscation
from grader.engine.obfuscation.scopes import FUNCTIONS, rename
from grader.engine.suite import read
from grader.errors import BankError
from grader.exercise import Exercise, Variant
from grader.runner.loops import schedules
from grader.sandbox.worker import Worker
from grader.sources import Target

SEEDS = range(20)
HERE = Target("module", "", "f")


def codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and all that it holds."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


# ------------------------------------------------------------------ names


def shape(code: CodeType, was: Callable[[str], str]) -> list[Any]:
    """What a function does, instruction by instruction, with its names as they were."""
    found: list[Any] = []
    for one in codes(code):
        found += [sorted(map(was, one.co_varnames)), sorted(map(was, one.co_freevars))]
        closures = []
        for instruction in dis.get_instructions(one):
            value = instruction.argval
            if instruction.opname in ("MAKE_CELL", "COPY_FREE_VARS", "LOAD_CLOSURE"):
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
        before = compile(ast.unparse(function), "file", "exec")
        after = compile(ast.unparse(rename(function, new_name)), "file", "exec")
        assert shape(after, was) == shape(before, str)
    assert len(names) > 20


# ------------------------------------------------------------------ behaviour, whatever the syntax


def variants(*sources: str, target: Target = HERE) -> list[Variant]:
    """The first is the reference."""
    return [
        Variant("alternative" if number else "reference", str(number), "", {target: dedent(source)})
        for number, source in enumerate(sources)
    ]


def made(source: str, **known: Any) -> Any:
    """The function `f` that a source defines."""
    names: dict[str, Any] = {
        "asyncio": asyncio,
        "asynccontextmanager": asynccontextmanager,
        **known,
    }
    exec(source, names)
    return names["f"]


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
    disguise = Obfuscation(known)
    before = made(dedent(family[number]))
    for seed in SEEDS:
        after = made(disguise.obfuscate(known[number], Random(seed)).sources[HERE])
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
    """Getter and setter are disguised apart."""
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
    """An author is told at once that a disguise would change what it does."""
    with pytest.raises(BankError, match="looks at the names of its own locals"):
        Obfuscation(variants(f"def f(a):\n    return {call}"))


# ------------------------------------------------------------------ looks


def in_disguise(exercise: Exercise, variant: Variant, seed: int) -> Iterator[CodeType]:
    """All code objects of a variant's functions, as they are compiled from a disguise."""
    for source in Obfuscation(exercise.variants).obfuscate(variant, Random(seed)).sources.values():
        yield from codes(compile(source, "file", "exec"))


def words(code: CodeType) -> set[Any]:
    """Names of others and constants, but those that are drawn."""
    constants = {repr(one) for one in code.co_consts if isinstance(one, str | bytes | float)}
    return {name for name in code.co_names if not _is_drawn(name)} | {
        text for text in constants if not _is_drawn(text.rpartition(".")[2].strip("'"))
    }


def _is_drawn(name: str) -> bool:
    return name[:1] == "n" and name[1:].isdigit()


@pytest.mark.parametrize("name", exercises())
def test_all_variants_hold_the_same_names_and_constants(name: str) -> None:
    """No set of words is in one variant and not in another."""
    exercise = exercises()[name]
    found = [
        set().union(*map(words, in_disguise(exercise, variant, seed)))
        for seed, variant in enumerate(exercise.variants)
    ]
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("name", ["distinct-ids", "really-concurrent", "gather-results"])
def test_all_functions_within_hold_the_same_names(name: str) -> None:
    """Neither does a nested function of its kind, which may be at work while others look."""
    exercise = exercises()[name]
    found = [
        words(code)
        for code in in_disguise(exercise, exercise.reference, 1)
        if _is_drawn(code.co_name) and code.co_flags & inspect.CO_COROUTINE
    ]
    assert len(found) > 1
    assert all(one == found[0] for one in found)


def test_which_body_lives_is_not_told_by_its_place() -> None:
    """Each place comes up about as often."""
    known = variants("def f(): return 'here'", "def f(): return 'there'")
    disguise = Obfuscation(known)
    texts = [disguise.obfuscate(known[0], Random(seed)).sources[HERE] for seed in range(200)]
    assert 70 < sum(text.index("here") < text.index("there") for text in texts) < 130


def test_no_two_disguises_are_alike() -> None:
    """Not even of the same variant."""
    exercise = exercises()["really-concurrent"]
    disguise = Obfuscation(exercise.variants)
    texts = [str(disguise.obfuscate(exercise.reference, Random(seed)).sources) for seed in SEEDS]
    assert len(set(texts)) == len(texts)


def test_a_seed_gives_the_same_disguise_again() -> None:
    """Nothing but the given source of chance decides."""
    exercise = exercises()["really-concurrent"]
    one, other = (
        Obfuscation(exercise.variants).obfuscate(exercise.reference, Random(5)) for _ in range(2)
    )
    assert list(one.sources.items()) == list(other.sources.items())


# ------------------------------------------------------------------ messages


LEAVES = """
    async def f(a):
        async def zebra(): await asyncio.sleep(9)
        async def apple(): await asyncio.sleep(9)
        return [zebra(), apple()]
    """


@pytest.mark.parametrize("seed", SEEDS)
def test_names_in_messages_are_those_of_the_variant(seed: int) -> None:
    """They sort as before, and are translated back."""
    known = variants(LEAVES, "async def f(a):\n    return a")
    disguised = Obfuscation(known).obfuscate(known[0], Random(seed))
    coroutines = asyncio.run(made(disguised.sources[HERE])(1))
    names = [coroutine.__qualname__ for coroutine in coroutines]
    for coroutine in coroutines:
        coroutine.close()
    assert sorted(names) == names[::-1]
    assert list(map(disguised.translate, names)) == ["f.<locals>.zebra", "f.<locals>.apple"]


@pytest.mark.parametrize(
    ("message", "translated"),
    [
        (
            "leaves the task `f.<locals>.n00000001` running",
            "leaves the task `f.<locals>.work` running",
        ),
        ("n00000002 and n000000010 and xn00000001", "n00000002 and n000000010 and xn00000001"),
        (
            "<coroutine object f.<locals>.n000...n00000001 at 0x...>",
            "<coroutine object f.<locals>....work at 0x...>",
        ),
        ("<coroutine object f...0001 at 0x...>", "<coroutine object f... at 0x...>"),
        ("assert [1...0001] == 2", "assert [1...0001] == 2"),
    ],
)
def test_translation(message: str, translated: str) -> None:
    """Whole names are replaced, and halves of names are left out."""
    assert Obfuscated({}, {"n00000001": "work"}).translate(message) == translated


# ------------------------------------------------------------------ the whole bank


def outcomes(
    exercise: Exercise, text: str, worker: Worker, seed: int | None
) -> list[dict[str, tuple[str, bool]]]:
    """How each test and probe ends on each variant, under the first schedule."""
    executor = Executor(
        read(text), exercise, worker, Random(seed), Defences(obfuscation=seed is not None)
    )
    fifo = schedules(exercise.clock)[0]
    tests = read(text).tests
    suites = [v for v in exercise.variants if v.kind != "broken"] if tests else []
    runs = [Run(variant, fifo, tests) for variant in suites]
    for probe in exercise.probes:
        correct = [exercise.reference, *exercise.alternatives]
        runs += [
            Run(variant, fifo, (probe.name,), probe.source) for variant in (*correct, probe.broken)
        ]
    executor.execute([run] for run in runs)
    return [
        {name: (outcome.ending, outcome.kills) for name, outcome in run.outcomes.items()}
        for run in runs
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", exercises())
def test_a_disguise_changes_no_outcome(name: str, worker: Worker) -> None:
    """Every test and probe of the solution ends alike, over 20 seeds."""
    exercise = exercises()[name]
    text = solution(ROOT, name)
    plain = outcomes(exercise, text, worker, None)
    for seed in SEEDS:
        assert outcomes(exercise, text, worker, seed) == plain


def test_the_builtins_of_a_disguise_are_python_s_own() -> None:
    """What a disguise adds uses nothing that a module could have replaced."""
    known = variants("def f(a):\n    import os.path\n    return os", "def f(a):\n    return a")
    code = made(Obfuscation(known).obfuscate(known[1], Random(1)).sources[HERE]).__code__
    assert set(code.co_names) == {"__import__"}
    assert set(code.co_names) <= set(dir(builtins))
