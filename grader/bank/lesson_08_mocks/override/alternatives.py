"""Correct implementations for `override`, built differently."""

from grader.bank.lesson_07_fixtures.container_with_overrides.alternatives import (
    KeepsOverridesByName,
)
from vespera_scriptorium.infrastructure.di.container import Container

from .exercise import override

override.alternative()(KeepsOverridesByName)


@override.alternative()
class BuildsAnewAtOnce(Container):
    """Builds what needs an overridden object at once, and not on the next use."""

    def _forget_dependents(self, name: str) -> None:
        dependents = [d for d, r in self._recipes.items() if name in r.needs and d in self._built]
        for dependent in dependents:
            del self._built[dependent]
            self._forget_dependents(dependent)
        for dependent in dependents:
            self.get(dependent)
