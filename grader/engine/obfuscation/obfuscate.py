"""Rewrites a variant's sources so that only its behaviour tells it apart.

A learner's test shares its interpreter with the subject, and the bank is public. So a test that
gets hold of `__code__` could compare it with every variant that there is. To leave it nothing to
compare, each function that a request carries holds the bodies of *all* variants of the exercise, in
random order, each under a condition on a number; one of the conditions holds. So do the functions
within: each has the bodies of all its kin. Names, constants, statements, sizes: what occurs in
one variant occurs in all. Besides, whatever a function binds for itself gets a new name for every
request, and statements that do nothing come in between. Line numbers go where the source is
compiled.

What this cannot hide is what happens when the code runs: which condition holds, which instruction
a frame has reached, which locals are bound, how many parameters a nested function has, which calls
are made and which tasks are started. Whoever traces the subject, or works its conditions out, can
tell which body is the live one, and compare that body with the bank. Against this stand the static
rules, and what a test must not do to the correct implementations among the mutants.
"""

import ast
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from grader.engine.obfuscation.merging import (
    SEED,
    Body,
    Merged,
    bodies_in,
    mark_choice,
    mark_name,
    merge,
)
from grader.engine.obfuscation.scopes import FUNCTIONS, Function
from grader.exercise import Variant
from grader.sources import Target

INDENT = "    "


@dataclass(frozen=True)
class Obfuscated:
    """The sources of one variant as they are sent, and the original of each new name."""

    sources: Mapping[Target, str]
    names: Mapping[str, str]

    def translate(self, message: str) -> str:
        """A message of a run, in the names that the variant had."""
        message = _NEW_NAME.sub(lambda found: self.names.get(found[0], found[0]), message)
        return _CUT_BEFORE.sub("...", _CUT_BEHIND.sub(r"\1", message))


_NEW_NAME = re.compile(r"\bn\d{8}\b")
_CUT_BEHIND = re.compile(r"(<locals>\.)n\d{0,7}(?=\.\.\.)")
_CUT_BEFORE = re.compile(r"\.\.\.\d{1,8}(?= (?:object )?at 0x)")
"""pytest shortens what is long, and may cut a name in two."""


class Obfuscation:
    """Rewrites the variants of one exercise: they are read once, and look different every time."""

    def __init__(self, variants: Sequence[Variant]) -> None:
        self._variants = list(variants)
        self._targets = {
            target: _definitions(target, [variant.sources[target] for variant in variants])
            for target in variants[0].sources
        }

    def obfuscate(self, variant: Variant, random: Random) -> Obfuscated:
        """Rewrite the sources of a variant. They come in random order."""
        (number,) = (n for n, one in enumerate(self._variants) if one is variant)
        sources: dict[Target, str] = {}
        names: dict[str, str] = {}
        for target in random.sample(list(self._targets), len(self._targets)):
            drawings = [_Drawing(one, random) for one in self._targets[target]]
            sources[target] = "\n".join(one.text(number) for one in drawings)
            for drawing in drawings:
                names |= drawing.names
        return Obfuscated(sources, names)


# ------------------------------------------------------------------ what is read once


@dataclass(frozen=True)
class _Choice:
    """Bodies, of which one is to run: each a list of statements, all indented."""

    indent: str
    bodies: "list[list[_Text]]"


_Text = list[str | int | _Choice]
"""Text, with the numbers of names, and choices, where they belong; `_SEED` is a name, too."""

_SEED = -1
_MARKS = re.compile(f"{mark_name(0)[0]}(\\d+){mark_name(0)[-1]}|({SEED})")
_CHOICE = re.compile(f"(?m)^( *){mark_choice(0)[0]}(\\d+){mark_choice(0)[-1]}\n")


@dataclass(frozen=True)
class _Definition:
    """One function of a target: how it begins and which body is its own, for each variant."""

    heads: list[str]
    live: list[int]
    merged: Merged
    choices: dict[str, _Choice]
    """The choices, by the kind of the function that holds the bodies."""


def _definitions(target: Target, sources: Sequence[str]) -> list[_Definition]:
    """The functions of a target: one, or several of one name, as a property has."""
    different = list(dict.fromkeys(sources))
    parsed = [_parsed(target, source) for source in different]
    which = [different.index(source) for source in sources]
    return [_definition(functions, which) for functions in zip(*parsed, strict=True)]


def _parsed(target: Target, source: str) -> list[Function]:
    """Read where it stands in its class: a string on several lines depends on that."""
    depth = target.owner.count(".") + 1 if target.owner else 0
    source = textwrap.indent(source, INDENT * depth)
    for level in reversed(range(depth)):
        source = f"{INDENT * level}class _:\n{source}"
    body = ast.parse(source).body
    for _ in range(depth):
        (owner,) = body
        assert isinstance(owner, ast.ClassDef)
        body = owner.body
    return [node for node in body if isinstance(node, FUNCTIONS)]


def _definition(functions: Sequence[Function], which: Sequence[int]) -> _Definition:
    """A definition; `which` is the number of the function that each variant has."""
    merged = merge(functions)
    declarations = "".join(f"{INDENT}{one}\n" for one in sorted(set(merged.declarations)))
    choices = {
        kind: _Choice(
            INDENT, [_statements(body, INDENT * 2, merged) for body in bodies_in(kind, merged)]
        )
        for kind in set(merged.kinds)
    }
    heads = [_head(functions[number]) + declarations for number in which]
    return _Definition(heads, [merged.which[number] for number in which], merged, choices)


def _head(function: Function) -> str:
    """Decorators, signature and docstring, the latter on one line."""
    documentation = ast.get_docstring(function, clean=False)
    whole = function.body
    function.body = [ast.Pass()]
    head = ast.unparse(function).removesuffix("pass").rstrip(" ")
    function.body = whole
    return head if documentation is None else f"{head}{INDENT}{documentation!r}\n"


def _statements(body: Body, indent: str, merged: Merged) -> list[_Text]:
    """Statements as text, with what is drawn afresh each time left open."""
    found: list[_Text] = []
    for statement in body:
        text = textwrap.indent(ast.unparse(statement) + "\n", indent)
        parts: _Text = []
        end = 0
        for match in _CHOICE.finditer(text):
            parts += _names(text[end : match.start()])
            bodies = merged.choices[int(match[2])]
            parts.append(
                _Choice(match[1], [_statements(one, match[1] + INDENT, merged) for one in bodies])
            )
            end = match.end()
        found.append(parts + _names(text[end:]))
    return found


def _names(text: str) -> _Text:
    parts: _Text = []
    end = 0
    for match in _MARKS.finditer(text):
        parts += [text[end : match.start()], _SEED if match[1] is None else int(match[1])]
        end = match.end()
    return [*parts, text[end:]]


# ------------------------------------------------------------------ what is drawn every time


class _Drawing:
    """One function with new names. `names` are the originals."""

    def __init__(self, definition: _Definition, random: Random) -> None:
        self._definition = definition
        self._random = random
        merged = definition.merged
        spare = 3 * len(merged.choices) + 3 + sum(map(len, merged.choices)) + len(merged.bodies)
        drawn = random.sample(range(10**8), len(merged.names) + spare)
        new = [f"n{number:08}" for number in drawn]
        self._spare = new[len(merged.names) :]
        self._new = new[: len(merged.names)]
        for group in merged.ordered:
            ordered = sorted(self._new[number] for number in group)
            for number, name in zip(group, ordered, strict=True):
                self._new[number] = name
        self.names = dict(zip(self._new, merged.names, strict=True))

    def text(self, variant: int) -> str:
        """The function as it is for a variant, by number."""
        definition = self._definition
        written = [definition.heads[variant]]
        live = definition.live[variant]
        self._write(definition.choices[definition.merged.kinds[live]], live, written)
        return "".join(written)

    def _write(self, choice: _Choice, live: int, written: list[str]) -> None:
        """All bodies in random order, and conditions under which one of them runs."""
        random, indent = self._random, choice.indent
        seed, value = self._spare.pop(), random.randrange(1000, 100_000)
        written.append(f"{indent}{seed} = {value}\n")
        word = "if"
        for number in random.sample(range(len(choice.bodies)), len(choice.bodies)):
            condition = _condition(seed, value, number == live, random)
            written.append(f"{indent}{word} {condition}:\n")
            word = "elif"
            body = choice.bodies[number]
            idle = random.randrange(2 * len(body))
            for place, statement in enumerate(body):
                if place == idle:
                    line = f"{self._spare.pop()} = {seed} - {random.randrange(1000)}"
                    written.append(f"{indent}{INDENT}{line}\n")
                self._fill(statement, seed, written)

    def _fill(self, text: _Text, seed: str, written: list[str]) -> None:
        new = self._new
        for part in text:
            if isinstance(part, str):
                written.append(part)
            elif isinstance(part, int):
                written.append(seed if part == _SEED else new[part])
            else:
                self._write(part, 0, written)


def _condition(name: str, value: int, holds: bool, random: Random) -> str:
    """A condition on a number, of the same looks whether it holds or not."""
    factor, modulus = random.randrange(3, 1000), random.randrange(100, 1000)
    rest = value * factor % modulus
    match random.randrange(3):
        case 0:
            other = (rest + random.randrange(1, modulus)) % modulus
            return f"{name} * {factor} % {modulus} == {rest if holds else other}"
        case 1:
            bound = random.randrange(rest + 1, modulus + 1) if holds else random.randrange(rest + 1)
            return f"{name} * {factor} % {modulus} < {bound}"
        case _:
            changed = value ^ factor
            low = random.randrange(changed) if holds else changed + random.randrange(1000)
            return f"{name} ^ {factor} > {low}"
