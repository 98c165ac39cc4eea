"""What an attack is: a suite, and the verdict that a trustworthy grader gives on it."""

from dataclasses import dataclass

import pytest

PRELUDE = """\
import asyncio
import gc
import importlib
import inspect
import operator
import os
import pathlib
import pytest
import sys
from sys import modules
from vespera_scriptorium import Container, InMemoryTaskRepository, TaskOrchestrator, TaskRepository

def load(name):
    return importlib.import_module(name)

def orchestrator(repository=None):
    container = Container()
    container.override(TaskRepository, repository or InMemoryTaskRepository())
    return container.get(TaskOrchestrator)
"""
"""What every attack begins with."""


@dataclass(frozen=True)
class Attack:
    """A suite that wants more than it deserves.

    `verdicts` are those of its tests, in order, without the static rules; with them, tests may be
    refused besides, or all of the suite rejected. `status` is that of the report. `score` is what
    it earns, of 4 points: nothing, unless it has an honest test beside the attack. Where an attack
    passes when it finds nothing, `valid` is the verdict that is wanted.
    """

    name: str
    suite: str
    verdicts: tuple[str, ...] = ()
    status: str = "graded"
    score: float = 0.0
    prelude: bool = True
    guard: bool = True
    """False for an attack on the walls that the guard would not let come so far."""

    @property
    def text(self) -> str:
        """The whole module."""
        return (PRELUDE if self.prelude else "") + self.suite


def each(attacks: list[Attack]) -> pytest.MarkDecorator:
    """A test for each of them."""
    names = [attack.name for attack in attacks]
    assert len(set(names)) == len(names)
    return pytest.mark.parametrize("attack", attacks, ids=names)
