"""What of a variant can be seen when it is obfuscated, and what its messages say."""

import asyncio
import builtins
import inspect
from collections.abc import Iterator
from random import Random
from types import CodeType
from typing import Any

import pytest
from helpers.course import ROOT
from helpers.variants import HERE, SEEDS, codes, made, variants

from grader.bank import exercises
from grader.course.notebooks import solution
from grader.engine.execution import Defences, Executor
from grader.engine.obfuscation.obfuscate import Obfuscated, Obfuscation
from grader.engine.planner import Run
from grader.engine.suite import read
from grader.exercise import Exercise, Variant
from grader.runner.loops import schedules
from grader.sandbox.worker import Worker

# ------------------------------------------------------------------ looks


def obfuscated_code(obfuscation: Obfuscation, variant: Variant, seed: int) -> Iterator[CodeType]:
    """All code objects of a variant's functions, as they are compiled from an obfuscation."""
    for source in obfuscation.obfuscate(variant, Random(seed)).sources.values():
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
    obfuscation = Obfuscation(exercise.variants)
    found = [
        set().union(*map(words, obfuscated_code(obfuscation, variant, seed)))
        for seed, variant in enumerate(exercise.variants)
    ]
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("name", ["distinct-ids", "really-concurrent", "gather-results"])
def test_all_functions_within_hold_the_same_names(name: str) -> None:
    """Neither does a nested function of its kind, which may be at work while others look."""
    exercise = exercises()[name]
    found = [
        words(code)
        for code in obfuscated_code(Obfuscation(exercise.variants), exercise.reference, 1)
        if _is_drawn(code.co_name) and code.co_flags & inspect.CO_COROUTINE
    ]
    assert len(found) > 1
    assert all(one == found[0] for one in found)


def test_which_body_lives_is_not_told_by_its_place() -> None:
    """Each place comes up about as often."""
    known = variants("def f(): return 'here'", "def f(): return 'there'")
    obfuscation = Obfuscation(known)
    texts = [obfuscation.obfuscate(known[0], Random(seed)).sources[HERE] for seed in range(200)]
    assert 70 < sum(text.index("here") < text.index("there") for text in texts) < 130


def test_no_two_obfuscations_are_alike() -> None:
    """Not even of the same variant."""
    exercise = exercises()["really-concurrent"]
    obfuscation = Obfuscation(exercise.variants)
    texts = [str(obfuscation.obfuscate(exercise.reference, Random(seed)).sources) for seed in SEEDS]
    assert len(set(texts)) == len(texts)


def test_a_seed_gives_the_same_obfuscation_again() -> None:
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
    obfuscated = Obfuscation(known).obfuscate(known[0], Random(seed))
    coroutines = asyncio.run(made(obfuscated.sources[HERE])(1))
    names = [coroutine.__qualname__ for coroutine in coroutines]
    for coroutine in coroutines:
        coroutine.close()
    assert sorted(names) == names[::-1]
    assert list(map(obfuscated.translate, names)) == ["f.<locals>.zebra", "f.<locals>.apple"]


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

FEW = 3
"""Seeds for each variant of the bank, of which an exercise has twenty."""


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
    return [
        {name: (outcome.ending, outcome.kills) for name, outcome in result.outcomes.items()}
        for (result,) in executor.execute((run,) for run in runs)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", exercises())
def test_an_obfuscation_changes_no_outcome(name: str, worker: Worker) -> None:
    """Every test and probe of the solution ends alike, over some seeds: banks are large."""
    exercise = exercises()[name]
    text = solution(ROOT, name)
    plain = outcomes(exercise, text, worker, None)
    for seed in SEEDS[:FEW]:
        assert outcomes(exercise, text, worker, seed) == plain


def test_the_builtins_of_an_obfuscation_are_python_s_own() -> None:
    """What an obfuscation adds uses nothing that a module could have replaced."""
    known = variants("def f(a):\n    import os.path\n    return os", "def f(a):\n    return a")
    code = made(Obfuscation(known).obfuscate(known[1], Random(1)).sources[HERE]).__code__
    assert set(code.co_names) == {"__import__"}
    assert set(code.co_names) <= set(dir(builtins))
