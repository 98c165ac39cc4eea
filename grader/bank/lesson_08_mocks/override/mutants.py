"""The mutants of `override`: each has one bug, and breaks one clause."""

from typing import Any

from vespera_scriptorium.infrastructure.di.container import Container, Override, _name

from .exercise import override


@override.mutant(clause=1)
class KnowsNamesOnly(Container):
    """Takes a class by its name as it is written, which no other place does."""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, getattr(key, "__name__", str(key)), replacement)
        self._overrides.append(override)
        self._forget_dependents(override.name)
        return override


@override.mutant(clause=1)
class PrefersWhatIsBuilt(Container):
    """Looks among what it has built before it looks at overrides."""

    def get(self, key: str | type[Any]) -> Any:
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


@override.mutant(clause=2)
class KeepsWhatIsBuilt(Container):
    """Overrides an object, and leaves those alone that hold it already."""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, _name(key), replacement)
        self._overrides.append(override)
        return override


@override.mutant(clause=2)
class ForgetsTheNearestOnly(Container):
    """Builds anew what needs the object, and not what needs that."""

    def _forget_dependents(self, name: str) -> None:
        for dependent, recipe in self._recipes.items():
            if name in recipe.needs:
                self._built.pop(dependent, None)


@override.mutant(clause=3)
class StaysInWhatWasBuilt(Container):
    """Withdraws an override, and leaves the replacement in what was built with it."""

    def withdraw(self, override: "Override") -> None:
        if override in self._overrides:
            self._overrides.remove(override)


@override.mutant(clause=3)
class StaysAfterAnError(Override):
    """Ends with its block, but not when an exception ends that."""

    def __exit__(self, *exception: object) -> None:
        if exception[0] is None:
            self.withdraw()


@override.mutant(clause=4)
class TheFirstOneHolds(Container):
    """Takes the first override that it finds."""

    def get(self, key: str | type[Any]) -> Any:
        name = _name(key)
        for override in self._overrides:
            if override.name == name:
                return override.replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]


@override.mutant(clause=4)
class WithdrawsTheLastOne(Container):
    """Withdraws the newest override, whichever it was asked for."""

    def withdraw(self, override: "Override") -> None:
        if override in self._overrides:
            self._overrides.pop()
            self._forget_dependents(override.name)
