"""Correct implementations for `container-with-overrides`, built differently."""

from typing import TYPE_CHECKING, Any

from vespera_scriptorium.infrastructure.di.container import Container, _name

from .exercise import (
    container_with_overrides,
)

if TYPE_CHECKING:
    pass


@container_with_overrides.alternative()
class KeepsOverridesByName(Container):
    """Finds the override in force by walking through all of them."""

    def get(self, key: str | type[Any]) -> Any:
        name = _name(key)
        found = [override for override in self._overrides if override.name == name]
        if found:
            return found[-1].replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            needs = [self.get(need) for need in recipe.needs]
            self._built[name] = recipe.build(*needs)
        return self._built[name]
