"""The model: an exercise, its contract, and the variants of its subject.

A bank module declares an exercise, then its variants as classes that derive from the subject::

    @distinct_ids.mutant(clause=1)
    class IdFromLength(TaskOrchestrator):
        \"\"\"Takes the next id from the number of tasks that are stored.\"\"\"

        async def _store(self, task_data): ...

The classes are never instantiated. Their methods are read as source and take the place of the
subject's methods of the same names, in a process that does not know which variant it has.
"""

import ast
import difflib
import inspect
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar

Clock = Literal["virtual", "real"]
Kind = Literal["reference", "alternative", "mutant"]
T = TypeVar("T")


class BankError(Exception):
    """An exercise is declared wrongly; the message says which, and what to change."""


@dataclass(frozen=True)
class Target:
    """A function of the application, a method of the class `owner`; without one, of the module."""

    module: str
    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{f'{self.owner}.' if self.owner else ''}{self.name}"


@dataclass(frozen=True)
class Variant:
    """One implementation of the subject: the sources of the functions that make it different."""

    kind: Kind
    name: str
    description: str
    sources: dict[Target, str]
    clause: int | None = None

    @property
    def sentence(self) -> str:
        """The description's first sentence, without its full stop, to stand inside another."""
        first = " ".join(self.description.split()).partition(". ")[0].rstrip(".")
        return first[:1].lower() + first[1:]


@dataclass(eq=False)
class Exercise:
    """One task in a lesson.

    `contract` holds the clauses in order, the first has number 1. `points` is what full marks
    earn, in nbgrader's points. Under the `virtual` clock no second of waiting is real.
    """

    id: str
    lesson: str
    title: str
    points: int
    subject: type
    contract: tuple[str, ...]
    hint: str
    clock: Clock = "virtual"
    worked: str = ""
    """The mutant that the lesson shows with its diff, by class name."""

    _declared: list[tuple[Kind, type, int | None]] = field(default_factory=list, repr=False)

    def mutant(self, *, clause: int) -> Callable[[type[T]], type[T]]:
        """Declare a mutant: a class with one bug, which breaks the contract's clause `clause`."""

        def declare(variant: type[T]) -> type[T]:
            self._declared.append(("mutant", variant, clause))
            return variant

        return declare

    def alternative(self, variant: type[T]) -> type[T]:
        """Declare an alternative: a class that keeps the contract and is built differently."""
        self._declared.append(("alternative", variant, None))
        return variant

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
            Variant(kind, cls.__name__, inspect.getdoc(cls) or "", self._own_sources(cls), clause)
            for kind, cls, clause in self._declared
        ]
        touched = sorted({target for variant in declared for target in variant.sources}, key=str)
        originals = {target: self._original(target) for target in touched}
        reference = Variant("reference", "reference", "", originals)
        return [reference] + [
            Variant(v.kind, v.name, v.description, {**originals, **v.sources}, v.clause)
            for v in declared
        ]

    def diff(self, variant: Variant) -> str:
        """What a variant changes, as a unified diff against the reference, without a header."""
        lines: list[str] = []
        for target, original in self.reference.sources.items():
            changed = difflib.unified_diff(
                original.splitlines(), variant.sources[target].splitlines(), lineterm="", n=3
            )
            lines += [line for line in list(changed)[2:] if not line.startswith("@@")]
        return "\n".join(lines)

    def _target(self, name: str) -> Target:
        return Target(self.subject.__module__, self.subject.__qualname__, name)

    def _own_sources(self, variant: type) -> dict[Target, str]:
        if variant.__bases__ != (self.subject,):
            raise BankError(f"{self.id}: {variant.__name__} must derive from the subject alone")
        found = {}
        for name, source in _definitions(variant).items():
            if name not in vars(self.subject):
                raise BankError(
                    f"{self.id}: {variant.__name__} defines {name}, which the subject does not have"
                )
            found[self._target(name)] = _with_docstring(source, getattr(self.subject, name))
        return found

    def _original(self, target: Target) -> str:
        return _definitions(self.subject)[target.name]


def _definitions(cls: type) -> dict[str, str]:
    """The source of each method that a class defines, decorators included, not indented."""
    source = textwrap.dedent(inspect.getsource(cls))
    lines = source.splitlines()
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, str] = {}
    for node in definition.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            text = textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno]))
            found[node.name] = f"{found[node.name]}\n{text}" if node.name in found else text
    return found


def _with_docstring(source: str, original: object) -> str:
    """A variant keeps the documentation of what it replaces, so that only code tells them apart."""
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    documentation = inspect.getdoc(original)
    if ast.get_docstring(node) is not None or documentation is None:
        return source
    lines = source.splitlines()
    body = node.body[0].lineno - 1
    text = textwrap.indent(f'"""{documentation}"""', "    ").splitlines()
    return "\n".join([*lines[:body], *text, *lines[body:]])


def all_exercises(modules: Iterable[object]) -> dict[str, Exercise]:
    """The exercises that some bank modules declare, by id, in the order of their declaration."""
    found: dict[str, Exercise] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Exercise):
                if value.id in found:
                    raise BankError(f"two exercises have the id {value.id}: rename one")
                found[value.id] = value
    return found
