"""Private banks: mutants and alternatives that no learner has seen, in a folder of an instructor's.

A file for each exercise, `distinct_ids.py`, declares variants on `EXERCISE`, as the bank does; a
solution for them may lie beside it, in `solutions/distinct_ids.py`. Where there is none, the
published solution is meant to kill them.
"""

import hashlib
import linecache
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType

from grader.bank import exercises, named
from grader.course.verify import variant_problems
from grader.engine.evaluate import evaluate
from grader.errors import CourseError
from grader.exercise import Declared, Exercise
from grader.sandbox.interface import Worker
from grader.sources import Subject, definitions, source_of

PREFIX = "private:"
"""What the name of an exercise begins with where its private mutants are meant."""


class PrivateBank:
    """The private variants of a folder, by exercise.

    Raises `CourseError` for a folder that holds none, and for a file that is no exercise's or that
    does not run: it is the instructor's own code, and runs here.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.is_dir():
            raise CourseError(f"{folder} is no folder: name the one that holds the private bank.")
        self._files = {path.stem.replace("_", "-"): path for path in sorted(folder.glob("*.py"))}
        if not self._files:
            raise CourseError(
                f"{folder} holds no private bank: begin one with "
                f"`grader new mutant ID --bank {folder}`."
            )
        for name, path in self._files.items():
            if name not in exercises():
                raise CourseError(f"{path} is no exercise's: `grader exercises` lists their ids.")

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        """Each exercise with its private mutants, and with all alternatives, public ones too."""
        found = {}
        for name, path in self._files.items():
            exercise = exercises()[name]
            own = variants_in(path, exercise)
            if not any(one.kind == "mutant" for one in own):
                raise CourseError(f"{path} declares no mutant: add one, or move it away.")
            public = [one for one in exercise.declared if one.kind in ("reference", "alternative")]
            found[name] = exercise.with_declared([*public, *own])
        return found

    @cached_property
    def keys(self) -> dict[str, str]:
        """The name under which each exercise is graded: another one whenever its file changes."""
        return {name: f"{PREFIX}{name}:{self._digest(name)}" for name in self._files}

    @cached_property
    def by_key(self) -> dict[str, Exercise]:
        """The exercises by the names under which they are graded."""
        return {self.keys[name]: exercise for name, exercise in self.exercises.items()}

    def solution(self, name: str, published: str) -> str:
        """The suite that must kill every private mutant."""
        path = self.folder / "solutions" / self._files[name].name
        try:
            return path.read_text(encoding="utf-8") if path.exists() else published
        except (OSError, UnicodeDecodeError) as error:
            raise CourseError(f"{path} cannot be read: {error}") from None

    def _digest(self, name: str) -> str:
        return hashlib.sha256(self._files[name].read_bytes()).hexdigest()[:16]


def variants_in(path: Path, exercise: Exercise, text: str | None = None) -> list[Declared]:
    """The variants that a file declares on `EXERCISE`. Raises `CourseError` where it does not run.

    `text` takes the place of what the file holds.
    """
    own = exercise.with_declared([])
    module = ModuleType(f"private_{path.parent.name}_{path.stem}".replace("-", "_"))
    module.__file__ = str(path)
    try:
        text = path.read_text(encoding="utf-8") if text is None else text
        sys.modules[module.__name__] = module
        linecache.cache[str(path)] = (len(text), None, text.splitlines(keepends=True), str(path))
        vars(module)["EXERCISE"] = own
        exec(compile(text, str(path), "exec"), vars(module))
        references = [one for one in exercise.declared if one.kind == "reference"]
        exercise.with_declared([*references, *own.declared]).variants  # noqa: B018 - read it now
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise CourseError(f"{path} does not run ({what}): mend it.") from None
    return own.declared


def private_problems(bank: PrivateBank, name: str, published: str, worker: Worker) -> Iterator[str]:
    """Everything that is wrong with the private variants of an exercise, a sentence each."""
    exercise = bank.exercises[name]
    known = {variant.name for variant in exercises()[name].variants}
    for variant in exercise.variants[1:]:
        if variant.name not in known:
            yield from variant_problems(exercise, variant)
    report = evaluate(bank.solution(name, published), exercise, worker)
    if report.status != "graded":
        yield f"the solution is {report.status}: {report.reason}"
        return
    for test in report.tests:
        if test.verdict != "valid":
            yield f"the solution's {test.name} is {test.verdict}: {test.message}"
    for mutant, variant in zip(report.mutants, exercise.mutants, strict=True):
        if not mutant.killed:
            where = bank.folder / "solutions" / f"{name.replace('-', '_')}.py"
            yield f"the solution lets {variant.name} live: is it a mutant, with a test in {where}?"
        elif report.tests and all(mutant.number in test.kills for test in report.tests):
            yield f"{variant.name} passes no test at all: it is broken, not wrong"


# ------------------------------------------------------------------ grader new mutant


def skeleton(name: str) -> str:
    """The beginning of a private bank's file: a mutant for each method that the subject has."""
    exercise = named(name)
    subjects = exercise.subject if isinstance(exercise.subject, tuple) else (exercise.subject,)
    clauses = "\n".join(f"#   {n}. {text}" for n, text in enumerate(exercise.contract, start=1))
    parts = [_of_class(one) if isinstance(one, type) else _of_function(one) for one in subjects]
    modules = dict.fromkeys(one.__module__ for one in subjects)
    imports = "\n".join(f"from {module} import *" for module in modules)
    return f'''"""Private mutants of {name}. `EXERCISE` is given by the grader.

Each breaks one clause and is otherwise as the original below: same signature, same docstring, no
names but those of the original's module, no `super()`. Delete what you do not change.
`grader verify --bank FOLDER` proves them.
"""

# {exercise.title}
{clauses}
# ruff: noqa: F403, F405, F821 - names come from the original's module

from __future__ import annotations

{imports}

{chr(10).join(parts)}'''


def _of_class(subject: type) -> str:
    bodies = "\n\n".join(definitions(subject).values())
    body = "\n".join(f"    {line}" if line else "" for line in bodies.split("\n"))
    return f'''
@EXERCISE.mutant(clause=1)
class BugIn{subject.__name__}({subject.__name__}):
    """Says in one sentence what is wrong."""

{body}
'''


def _of_function(subject: Subject) -> str:
    replaced = f"{subject.__module__}:{subject.__qualname__}"
    return f'\n@EXERCISE.mutant(clause=1, replaces="{replaced}")\n{source_of(subject)}'
