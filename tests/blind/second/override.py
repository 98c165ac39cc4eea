"""Own variants of override, written from the contract and the application alone."""

from grader.bank import OVERRIDE
from vespera_scriptorium.infrastructure.di.container import *  # noqa: F403


@OVERRIDE.mutant(clause=1)
class EmptyIsNoReplacement(Container):
    """Takes an empty replacement, or None, for none."""

    @overload
    def get(self, key: type[T]) -> T: ...
    @overload
    def get(self, key: str) -> Any: ...
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


@OVERRIDE.mutant(clause=1)
class WhatIsBuiltIsBuilt(Container):
    """Gives out the original when it was given out before."""

    @overload
    def get(self, key: type[T]) -> T: ...
    @overload
    def get(self, key: str) -> Any: ...
    def get(self, key: str | type[Any]) -> Any:
        """The object behind a port, a service or a name."""
        name = _name(key)
        if name in self._built:
            return self._built[name]
        for override in reversed(self._overrides):
            if override.name == name:
                return override.replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        recipe = self._recipes[name]
        self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]


@OVERRIDE.mutant(clause=2)
class OnlyTheNextOnes(Container):
    """Builds anew only what needs the overridden object directly."""

    def _forget_dependents(self, name: str) -> None:
        """Drop what was built from `name`, and what was built from that, so it is built anew."""
        for dependent, recipe in self._recipes.items():
            if name in recipe.needs:
                self._built.pop(dependent, None)


@OVERRIDE.mutant(clause=2)
class AllServicesAnew(Container):
    """Builds all services anew, also those that do not need the overridden object."""

    def _forget_dependents(self, name: str) -> None:
        """Drop what was built from `name`, and what was built from that, so it is built anew."""
        for dependent, recipe in self._recipes.items():
            if recipe.needs and dependent != name:
                self._built.pop(dependent, None)


@OVERRIDE.mutant(clause=3)
class StaysAfterAnException(Override):
    """The override stays in force when an exception ends its block."""

    def __exit__(self, *exception: object) -> None:
        """End the override."""
        if exception[0] is None:
            self.withdraw()


@OVERRIDE.mutant(clause=4)
class WithdrawsTheLastOne(Container):
    """Withdraws the last override of the key, whichever of them is asked to end."""

    def withdraw(self, override: "Override") -> None:
        """End an override. To withdraw it twice is harmless."""
        if override in self._overrides:
            last = [other for other in self._overrides if other.name == override.name][-1]
            self._overrides.remove(last)
            self._forget_dependents(override.name)


@OVERRIDE.alternative()
class ListedByName(Container):
    """Looks for the last override of a name in a list that it makes first."""

    @overload
    def get(self, key: type[T]) -> T: ...
    @overload
    def get(self, key: str) -> Any: ...
    def get(self, key: str | type[Any]) -> Any:
        """The object behind a port, a service or a name."""
        name = _name(key)
        replacements = [o.replacement for o in self._overrides if o.name == name]
        if replacements:
            return replacements[-1]
        if name in self._built:
            return self._built[name]
        if name not in self._recipes:
            raise KeyError(name)
        recipe = self._recipes[name]
        parts = [self.get(need) for need in recipe.needs]
        return self._built.setdefault(name, recipe.build(*parts))


@OVERRIDE.alternative()
class ForgetsInAQueue(Container):
    """Collects all dependents first, without recursion, and drops them together."""

    def _forget_dependents(self, name: str) -> None:
        """Drop what was built from `name`, and what was built from that, so it is built anew."""
        found = {name}
        grown = True
        while grown:
            more = {
                dependent
                for dependent, recipe in self._recipes.items()
                if found & set(recipe.needs)
            }
            grown = not more <= found
            found |= more
        found.discard(name)
        self._built = {key: value for key, value in self._built.items() if key not in found}


@OVERRIDE.alternative()
class BuildsAtOnce(Container):
    """Builds what needs the withdrawn object at once, not on its next use."""

    def withdraw(self, override: "Override") -> None:
        """End an override. To withdraw it twice is harmless."""
        if not any(other is override for other in self._overrides):
            return
        self._overrides = [other for other in self._overrides if other is not override]
        before = set(self._built)
        self._forget_dependents(override.name)
        for name in before - set(self._built):
            self.get(name)
