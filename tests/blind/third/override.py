"""Own variants of override, written from the contract and the application alone."""

from grader.bank import override
from vespera_scriptorium.infrastructure.di.container import *  # noqa: F403


@override.mutant(clause=1)
class EmptyIsNoReplacement(Container):
    """A replacement that is falsy is passed over."""

    def get(self, key: str | type[Any]) -> Any:
        """The object behind a port, a service or a name."""
        name = _name(key)
        for override in reversed(self._overrides):
            if override.name == name and override.replacement:
                return override.replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]


@override.mutant(clause=2)
class DirectDependentsOnly(Container):
    """Only what needs the object directly is built anew."""

    def _forget_dependents(self, name: str) -> None:
        """Drop what was built from `name`, and what was built from that, so it is built anew."""
        for dependent, recipe in self._recipes.items():
            if name in recipe.needs:
                self._built.pop(dependent, None)


@override.mutant(clause=2)
class EverythingAnew(Container):
    """Everything is built anew, whatever is overridden."""

    def _forget_dependents(self, name: str) -> None:
        """Drop what was built from `name`, and what was built from that, so it is built anew."""
        self._built.clear()


@override.mutant(clause=3)
class StaysAfterAnException(Override):
    """A block that an exception ends leaves the override in force."""

    def __exit__(self, *exception: object) -> None:
        """End the override."""
        if exception[0] is None:
            self.withdraw()


@override.mutant(clause=4)
class TheLastOneGoes(Container):
    """To withdraw one ends the last one of them all."""

    def withdraw(self, override: "Override") -> None:
        """End an override. To withdraw it twice is harmless."""
        if override in self._overrides:
            last = [other for other in self._overrides if other.name == override.name][-1]
            self._overrides.remove(last)
            self._forget_dependents(override.name)


@override.mutant(clause=3)
class WhatNeedsItStays(Container):
    """What was built with the replacement stays after the end."""

    def withdraw(self, override: "Override") -> None:
        """End an override. To withdraw it twice is harmless."""
        if override in self._overrides:
            self._overrides.remove(override)


@override.alternative()
class LooksForwards(Container):
    """Finds the override that holds in another way."""

    def get(self, key: str | type[Any]) -> Any:
        """The object behind a port, a service or a name."""
        name = _name(key)
        holding = [override for override in self._overrides if override.name == name]
        if holding:
            return holding[-1].replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]


@override.alternative()
class ForgetsInALoop(Container):
    """Finds what needs the object without recursion."""

    def _forget_dependents(self, name: str) -> None:
        """Drop what was built from `name`, and what was built from that, so it is built anew."""
        affected = {name}
        while True:
            more = {
                dependent
                for dependent, recipe in self._recipes.items()
                if dependent not in affected and affected & set(recipe.needs)
            }
            if not more:
                break
            affected |= more
        for dependent in affected - {name}:
            self._built.pop(dependent, None)


@override.alternative()
class KeepsItself(Container):
    """Asks for itself among the overrides."""

    def withdraw(self, override: "Override") -> None:
        """End an override. To withdraw it twice is harmless."""
        rest = [other for other in self._overrides if other is not override]
        if len(rest) < len(self._overrides):
            self._overrides[:] = rest
            self._forget_dependents(override.name)
