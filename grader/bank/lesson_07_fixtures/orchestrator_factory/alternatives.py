"""Correct implementations for `orchestrator-factory`, built differently."""

from typing import TYPE_CHECKING

from grader.bank.lesson_07_fixtures.container_with_overrides.alternatives import (
    KeepsOverridesByName,
)

from .exercise import orchestrator_factory

if TYPE_CHECKING:
    pass


orchestrator_factory.alternative()(KeepsOverridesByName)
