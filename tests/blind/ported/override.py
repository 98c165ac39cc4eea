"""Own variants of override, written from the contract and the source alone."""

from typing import Any

from grader.bank.lesson_08_mocks.override.exercise import override
from vespera_scriptorium.infrastructure.di.container import Container, Override, _name


@override.mutant(clause=1)
class IgnoresWhatIsFalse(Container):
    """takes a replacement that is false, such as an empty one, for none"""

    def get(self, key: str | type[Any]) -> Any:
        name = _name(key)
        for one in reversed(self._overrides):
            if one.name == name and one.replacement:
                return one.replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]


@override.mutant(clause=1)
class WhatIsBuiltComesFirst(Container):
    """looks first at what is built already, and then at the overrides"""

    def get(self, key: str | type[Any]) -> Any:
        name = _name(key)
        if name in self._built:
            return self._built[name]
        for one in reversed(self._overrides):
            if one.name == name:
                return one.replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        recipe = self._recipes[name]
        self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]


@override.mutant(clause=2)
class KeepsWhatStarts(Container):
    """builds nothing anew that starts and stops"""

    def _forget_dependents(self, name: str) -> None:
        for dependent, recipe in self._recipes.items():
            if name in recipe.needs:
                if not recipe.opens:
                    self._built.pop(dependent, None)
                self._forget_dependents(dependent)


@override.mutant(clause=3)
class ForgetsTheOriginal(Container):
    """forgets the original as well: after the override there is a new one"""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, _name(key), replacement)
        self._overrides.append(override)
        self._built.pop(override.name, None)
        self._forget_dependents(override.name)
        return override


@override.mutant(clause=4)
class WithdrawsAllOfTheKey(Container):
    """ends every override of the key with the first that is withdrawn"""

    def withdraw(self, override: "Override") -> None:
        if override in self._overrides:
            self._overrides = [one for one in self._overrides if one.name != override.name]
            self._forget_dependents(override.name)


@override.mutant(clause=4)
class ForgetsTheOverrideBefore(Container):
    """drops an earlier override of the key when a new one comes"""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, _name(key), replacement)
        self._overrides = [one for one in self._overrides if one.name != override.name]
        self._overrides.append(override)
        self._forget_dependents(override.name)
        return override


@override.alternative()
class RebuildsAtOnce(Container):
    """builds at once anew what was built from the overridden object"""

    def _forget_dependents(self, name: str) -> None:
        stale, found = [name], []
        while stale:
            need = stale.pop()
            for dependent, recipe in self._recipes.items():
                if need in recipe.needs and dependent not in found:
                    found.append(dependent)
                    stale.append(dependent)
        built = [dependent for dependent in found if dependent in self._built]
        for dependent in built:
            del self._built[dependent]
        for dependent in built:
            self.get(dependent)


@override.alternative()
class LeavesAloneWhatDoesNotChange(Container):
    """forgets dependents only where the override that ends was the one in force"""

    def withdraw(self, override: "Override") -> None:
        if override not in self._overrides:
            return
        same = [one for one in self._overrides if one.name == override.name]
        self._overrides.remove(override)
        if same[-1] is override:
            self._forget_dependents(override.name)


@override.alternative()
class NewestFirst(Container):
    """keeps the newest override in front, and looks for it by a filter"""

    def get(self, key: str | type[Any]) -> Any:
        name = _name(key)
        found = [one for one in self._overrides if one.name == name]
        if found:
            return found[0].replacement
        if name not in self._built:
            try:
                recipe = self._recipes[name]
            except KeyError:
                raise KeyError(f"{name}: unknown here") from None
            needs = [self.get(need) for need in recipe.needs]
            self._built[name] = recipe.build(*needs)
        return self._built[name]

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, _name(key), replacement)
        self._forget_dependents(override.name)
        self._overrides.insert(0, override)
        return override
