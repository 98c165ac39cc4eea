"""The model: an exercise, its contract, and the variants of its subject.

A bank module declares an exercise, then its variants as classes that derive from the subject::

    @distinct_ids.mutant(promise="distinct")
    class IdFromLength(TaskOrchestrator):
        \"\"\"Takes the next id from the number of tasks that are stored.\"\"\"

        async def _store(self, task_data): ...

The classes are never instantiated. Their methods are read as source and take the place of the
subject's methods of the same names, in a process that does not know which variant it has.
"""

import difflib
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Literal, NamedTuple, TypeVar

from grader.errors import BankError
from grader.sources import (
    SUITE,
    Subject,
    Target,
    definitions,
    in_place_of,
    original_of,
    source_of,
    without_decorators,
)

Clock = Literal["virtual", "real"]
VariantKind = Literal["reference", "alternative", "mutant", "broken"]
S = TypeVar("S", bound=Subject)

PROBE_IMPORTS = """\
import asyncio
from contextlib import asynccontextmanager
from typing import Any

import pytest

import vespera_scriptorium as vespera


"""
"""What a probe may count on, besides the learner's own names."""


@dataclass(frozen=True, eq=False)
class Variant:
    """One implementation of the subject: the sources of the functions that make it different."""

    kind: VariantKind
    name: str
    description: str
    sources: dict[Target, str]
    clause: int | None = None
    promise: str | None = None
    """The key of the promise that it breaks, where the exercise declares promises."""

    @property
    def sentence(self) -> str:
        """The description's first sentence, without its full stop, to stand inside another."""
        first = " ".join(self.description.split()).partition(". ")[0].rstrip(".")
        return first[:1].lower() + first[1:]

    def told_by(self, message: str) -> str:
        """The difference that a failure with this message is about, to stand inside a sentence.

        An alternative with several differences lists them below its first sentence, each after the
        word that it shows in: `error`: words its errors in its own way.
        """
        for word, difference in re.findall(r"^`(\w+)`: (.+)$", self.description, re.MULTILINE):
            if re.search(rf"\b{word}\b", message):
                return str(difference).rstrip(".")
        return self.sentence


@dataclass(frozen=True)
class Probe:
    """A test of ours on something the learner wrote.

    It earns as a pair only: it passes with every correct variant, and fails with `broken`.
    """

    name: str
    clause: int
    source: str
    broken: Variant
    promise: str | None = None


class Declared(NamedTuple):
    """A variant as the bank declares it: a class, or a function with what it replaces."""

    kind: VariantKind
    variant: Subject
    clause: int | None
    replaces: str
    promise: str | None


@dataclass(eq=False)
class Exercise:
    """One task in a lesson.

    `contract` holds the clauses in order, the first has number 1. `promises` takes the clauses
    apart: for the number of each, the promises that it makes, a sentence each under a key that is
    unique in the exercise. `kinds` names the kinds of mutants that its authors have considered, so
    that others see which they have not. `points` is what full marks earn, in nbgrader's points.
    Under the `virtual` clock no second of waiting is real. `subject` is one class or function, or
    several.
    """

    id: str
    lesson: str
    title: str
    points: int
    subject: Subject | tuple[Subject, ...]
    contract: tuple[str, ...]
    hint: str
    clock: Clock = "virtual"
    worked: str = ""
    """The mutant that the lesson shows with its diff, by its name."""

    setup_kills: bool = False
    """True where a test that fails in its setup kills, because the setup is what is tested."""

    promises: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    kinds: str = ""

    _declared: list[Declared] = field(default_factory=list, repr=False)
    _probes: list[tuple[Subject, int, str, str | None]] = field(default_factory=list, repr=False)
    _probe_helpers: list[Subject] = field(default_factory=list, repr=False)

    def mutant(
        self, *, promise: str | None = None, clause: int | None = None, replaces: str = ""
    ) -> Callable[[S], S]:
        """Declare a mutant: one bug, which breaks one promise.

        `promise` is its key in `promises`. A trial that is no part of a bank names the `clause`.
        Decorates a class that derives from the subject, or a function that stands for the one
        that `replaces` names, as `module:qualname`; or a class for the learner's, `suite:name`.
        """
        return self._declare("mutant", self._clause(promise, clause), replaces, promise)

    def alternative(self, *, replaces: str = "") -> Callable[[S], S]:
        """Declare an alternative: it keeps the contract and is built differently."""
        return self._declare("alternative", None, replaces)

    def broken(self, *, replaces: str = "") -> Callable[[S], S]:
        """Declare a variant that is there for probes only: they must fail with it."""
        return self._declare("broken", None, replaces)

    def reference_for_suite(self, *, replaces: str) -> Callable[[S], S]:
        """Declare the reference of what learners write themselves, `suite:name`.

        A class stands for their class: its functions do, and nothing else that it holds. They may
        use what `grader.runner.patch.IMPORTS` imports. Mutants of it derive from it.
        """
        return self._declare("reference", None, replaces)

    def probe(
        self, *, broken: str, promise: str | None = None, clause: int | None = None
    ) -> Callable[[S], S]:
        """Declare a probe: a test function, and the name of the variant that it must fail with.

        What it defends is named as with `mutant`. A class with one test derives from a class of
        the learner's, which has the name of the reference for it.
        """
        defended = self._clause(promise, clause)

        def declare(test: S) -> S:
            self._probes.append((test, defended, broken, promise))
            return test

        return declare

    def probe_helper(self) -> Callable[[S], S]:
        """Declare a function or a fixture that probes use: each probe brings it along."""

        def declare(helper: S) -> S:
            self._probe_helpers.append(helper)
            return helper

        return declare

    def _declare(
        self, kind: VariantKind, clause: int | None, replaces: str, promise: str | None = None
    ) -> Callable[[S], S]:
        def declare(variant: S) -> S:
            self._declared.append(Declared(kind, variant, clause, replaces, promise))
            return variant

        return declare

    def _clause(self, promise: str | None, clause: int | None) -> int:
        """The number of the clause that makes a promise, or that is named instead of one."""
        if promise is None and clause is not None:
            return clause
        for number, promises in self.promises.items():
            if promise in promises:
                return number
        raise BankError(f"{self.id}: it makes no promise {promise}: add it to its `promises`")

    @property
    def declared(self) -> list[Declared]:
        """The variants as they were declared, in order."""
        return list(self._declared)

    def with_declared(self, declared: Iterable[Declared]) -> "Exercise":
        """The same exercise with these variants in the place of its own, and without probes."""
        return replace(self, _declared=list(declared), _probes=[])

    @cached_property
    def probes(self) -> list[Probe]:
        """The probe pairs, in the order of their declaration."""
        broken = {variant.name: variant for variant in self.variants if variant.kind == "broken"}
        found = []
        for test, clause, name, promise in self._probes:
            if name not in broken:
                raise BankError(f"{self.id}: {test.__name__} needs a broken variant named {name}")
            own = [without_decorators(source_of(one)) for one in (*self._probe_helpers, test)]
            source = PROBE_IMPORTS + "\n\n\n".join(own)
            found.append(Probe(_test_name(test), clause, source, broken[name], promise))
        return found

    @property
    def alternatives(self) -> list[Variant]:
        """The alternatives, in the order of their declaration."""
        return [variant for variant in self.variants if variant.kind == "alternative"]

    @property
    def mutants(self) -> list[Variant]:
        """The mutants, in the order of their declaration; the first has number 1."""
        return [variant for variant in self.variants if variant.kind == "mutant"]

    @property
    def reference(self) -> Variant:
        """The subject as it stands in the application."""
        return self.variants[0]

    @cached_property
    def variants(self) -> list[Variant]:
        """The reference, then all the others. Each has a source for every function any touches."""
        declared = [
            Variant(
                one.kind,
                one.variant.__name__,
                inspect.cleandoc(one.variant.__doc__ or ""),  # its own, not that of the subject
                self._own_sources(one.variant, one.replaces),
                one.clause,
                one.promise,
            )
            for one in self._declared
        ]
        given = {t: s for v in declared if v.kind == "reference" for t, s in v.sources.items()}
        touched = sorted({target for variant in declared for target in variant.sources}, key=str)
        for target in touched:
            if target.module == SUITE and target not in given:
                raise BankError(f"{self.id}: its reference for the suite has no {target.name}")
        originals = {target: given.get(target) or original_of(target) for target in touched}
        reference = Variant("reference", "reference", "", originals)
        return [reference] + [
            replace(v, sources={**originals, **v.sources})
            for v in declared
            if v.kind != "reference"
        ]

    def diff(self, variant: Variant) -> str:
        """What a variant changes, as a unified diff against the reference, without a header."""
        return _diff(self.reference, variant)

    def _own_sources(self, variant: Subject, replaces: str) -> dict[Target, str]:
        """What a variant defines, and where each definition belongs."""
        if not isinstance(variant, type):
            target = Target.parse(replaces)
            return {target: in_place_of(target, source_of(variant), own_docstring=False)}
        if replaces:
            owner = Target.parse(replaces)
            return {
                Target(owner.module, owner.name, name): source
                for name, source in definitions(variant).items()
            }
        subjects = self.subject if isinstance(self.subject, tuple) else (self.subject,)
        base = variant.__bases__[0]
        if len(variant.__bases__) != 1 or base not in subjects:
            raise BankError(
                f"{self.id}: {variant.__name__} must derive from the subject, and from it alone"
            )
        found = {}
        for name, source in definitions(variant).items():
            if name not in vars(base):
                raise BankError(
                    f"{self.id}: {variant.__name__} defines {name}, which the subject does not have"
                )
            target = Target(base.__module__, base.__qualname__, name)
            found[target] = in_place_of(target, source, own_docstring=True)
        return found


def _test_name(test: Subject) -> str:
    """What pytest calls it; a class has one test."""
    if not isinstance(test, type):
        return test.__name__
    (method,) = (name for name in vars(test) if name.startswith("test_"))
    return f"{test.__name__}::{method}"


def lesson_of(module: str) -> str:
    """The lesson in whose folder a module of the bank lies: `04-recipes` for `lesson_04_recipes`.

    `module` is its full name. Raises `BankError` for a module that lies in no lesson's folder.
    """
    for part in module.split("."):
        if part.startswith("lesson_"):
            return part.removeprefix("lesson_").replace("_", "-")
    raise BankError(f"{module} lies in no folder of a lesson: move it into `bank/lesson_NN_name/`")


def all_exercises(modules: Iterable[object]) -> dict[str, Exercise]:
    """The exercises that some bank modules declare, by id, in the order of their declaration."""
    found: dict[str, Exercise] = {}
    places: dict[str, object] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Exercise):
                place = getattr(module, "__name__", module)
                if value.id in found:
                    where = f"in {places[value.id]} and in {place}"
                    raise BankError(f"two exercises have the id {value.id}, {where}: rename one")
                found[value.id], places[value.id] = value, place
    return found


@cache
def _diff(reference: Variant, variant: Variant) -> str:
    lines: list[str] = []
    for target, original in reference.sources.items():
        changed = difflib.unified_diff(
            original.splitlines(), variant.sources[target].splitlines(), lineterm="", n=3
        )
        lines += [line for line in list(changed)[2:] if not line.startswith("@@")]
    return "\n".join(lines)
