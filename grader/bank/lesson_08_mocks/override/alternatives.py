"""Correct implementations for `override`, built differently."""

from typing import Any

from grader.bank.lesson_07_fixtures.container_with_overrides.alternatives import (
    KeepsOverridesByName,
)
from vespera_scriptorium.infrastructure.di.container import Container, Override, _name

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


@override.alternative()
class BuildsAnewWhatHasChanged(Container):
    """Leaves everything as it was when an override ends that did not hold."""

    def withdraw(self, override: "Override") -> None:
        of_this_key = [one for one in self._overrides if one.name == override.name]
        if override in of_this_key:
            self._overrides.remove(override)
        if of_this_key[-1:] == [override]:
            self._forget_dependents(override.name)


@override.alternative()
class KeepsTheNewestInFront(Container):
    """Keeps the newest override in front of the others."""

    def get(self, key: str | type[Any]) -> Any:
        name = _name(key)
        found = [one for one in self._overrides if one.name == name]
        if found:
            return found[0].replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, _name(key), replacement)
        self._overrides.insert(0, override)
        self._forget_dependents(override.name)
        return override
