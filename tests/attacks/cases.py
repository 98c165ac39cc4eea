"""What an attack is: a suite, and the verdict that a trustworthy grader gives on it."""

from dataclasses import dataclass

import pytest

PRELUDE = """\
import asyncio
import operator
import pathlib
import pytest
from vespera_scriptorium import Container, InMemoryTaskRepository, TaskOrchestrator, TaskRepository

sys = asyncio.base_events.sys
os = asyncio.base_events.os
modules = sys.modules
importlib = modules["importlib"]

def load(name):
    return importlib.import_module(name)

def orchestrator(repository=None):
    container = Container()
    container.override(TaskRepository, repository or InMemoryTaskRepository())
    return container.get(TaskOrchestrator)
"""
"""What every attack begins with: the modules that the static rules keep from honest suites.

The rules are a courtesy; whoever wants these modules has them, and so have the attacks here.
"""


@dataclass(frozen=True)
class Attack:
    """A suite that wants more than it deserves.

    `verdicts` are those of its tests, in order; `status` is that of the report. `score` is what it
    earns, of 4 points: nothing, unless it has an honest test beside the attack. Where an attack
    passes when it finds nothing, `valid` is the verdict that is wanted.
    """

    name: str
    suite: str
    verdicts: tuple[str, ...] = ()
    status: str = "graded"
    score: float = 0.0
    prelude: bool = True

    @property
    def text(self) -> str:
        """The whole module."""
        return (PRELUDE if self.prelude else "") + self.suite


def each(attacks: list[Attack]) -> pytest.MarkDecorator:
    """A test for each of them."""
    names = [attack.name for attack in attacks]
    assert len(set(names)) == len(names)
    return pytest.mark.parametrize("attack", attacks, ids=names)
