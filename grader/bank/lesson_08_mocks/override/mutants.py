"""The mutants of `override`: each has one bug, and breaks one promise."""

from typing import Any

from vespera_scriptorium.infrastructure.di.container import Container, Override, _name

from .exercise import override


@override.mutant(promise="both-keys")
class KnowsNamesOnly(Container):
    """Takes a class by its name as it is written, which no other place does."""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, getattr(key, "__name__", str(key)), replacement)
        self._overrides.append(override)
        self._forget_dependents(override.name)
        return override


@override.mutant(promise="late")
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


@override.mutant(promise="direct")
class KeepsWhatIsBuilt(Container):
    """Overrides an object, and leaves those alone that hold it already."""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, _name(key), replacement)
        self._overrides.append(override)
        return override


@override.mutant(promise="through")
class ForgetsTheNearestOnly(Container):
    """Builds anew what needs the object, and not what needs that."""

    def _forget_dependents(self, name: str) -> None:
        for dependent, recipe in self._recipes.items():
            if name in recipe.needs:
                self._built.pop(dependent, None)


@override.mutant(promise="anew")
class StaysInWhatWasBuilt(Container):
    """Withdraws an override, and leaves the replacement in what was built with it."""

    def withdraw(self, override: "Override") -> None:
        if override in self._overrides:
            self._overrides.remove(override)


@override.mutant(promise="block")
class StaysAfterAnError(Override):
    """Ends with its block, but not when an exception ends that."""

    def __exit__(self, *exception: object) -> None:
        if exception[0] is None:
            self.withdraw()


@override.mutant(promise="last")
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


@override.mutant(promise="order")
class WithdrawsTheLastOne(Container):
    """Withdraws the newest override, whichever it was asked for."""

    def withdraw(self, override: "Override") -> None:
        if override in self._overrides:
            self._overrides.pop()
            self._forget_dependents(override.name)


@override.mutant(promise="any-object")
class IgnoresWhatIsFalse(Container):
    """Takes a replacement that is empty for no replacement."""

    def get(self, key: str | type[Any]) -> Any:
        name = _name(key)
        replacements = [one.replacement for one in self._overrides if one.name == name]
        if replacements and replacements[-1]:
            return replacements[-1]
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]


@override.mutant(promise="direct")
class LooksAtTheFirstNeed(Container):
    """Builds anew what needs the object first of all, and not what needs it as well."""

    def _forget_dependents(self, name: str) -> None:
        for dependent, recipe in self._recipes.items():
            if recipe.needs and recipe.needs[0] == name:
                self._built.pop(dependent, None)
                self._forget_dependents(dependent)


@override.mutant(promise="through")
class LooksTwoStepsFar(Container):
    """Builds anew what needs the object, and what needs that, and goes no further."""

    def _forget_dependents(self, name: str) -> None:
        for dependent, recipe in self._recipes.items():
            if name in recipe.needs:
                self._built.pop(dependent, None)
                for next_one, further in self._recipes.items():
                    if dependent in further.needs:
                        self._built.pop(next_one, None)


@override.mutant(promise="rest")
class BuildsAllAnew(Container):
    """Forgets everything but the original that is overridden, whoever needs it or not."""

    def _forget_dependents(self, name: str) -> None:
        self._built = {one: built for one, built in self._built.items() if one == name}


@override.mutant(promise="exception")
class SwallowsTheError(Override):
    """Ends with its block, and takes the exception along."""

    def __exit__(self, *exception: object) -> None:
        self.withdraw()
        return True  # type: ignore[return-value]  # that is the bug


@override.mutant(promise="original")
class ForgetsTheOriginal(Container):
    """Forgets the original as well, and builds another one when the override is gone."""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, _name(key), replacement)
        self._overrides.append(override)
        self._built.pop(override.name, None)
        self._forget_dependents(override.name)
        return override


@override.mutant(promise="order")
class KeepsOneOverride(Container):
    """Drops the earlier override of a key when a new one comes, and cannot go back to it."""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, _name(key), replacement)
        self._overrides = [one for one in self._overrides if one.name != override.name]
        self._overrides.append(override)
        self._forget_dependents(override.name)
        return override


@override.mutant(promise="follows")
class BuildsAnewTheFirstTime(Container):
    """Builds anew for the first override of a key, and not for a second one."""

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        override = Override(self, _name(key), replacement)
        if all(one.name != override.name for one in self._overrides):
            self._forget_dependents(override.name)
        self._overrides.append(override)
        return override


@override.mutant(promise="twice")
class WithdrawsAnotherOne(Container):
    """Withdraws an earlier override of the key, when the one in question is gone already."""

    def withdraw(self, override: "Override") -> None:
        same = [one for one in self._overrides if one.name == override.name]
        if same:
            self._overrides.remove(override if override in same else same[-1])
            self._forget_dependents(override.name)


@override.mutant(promise="rest")
class AllServicesAnew(Container):
    """Builds all services anew, also those that do not need the overridden object."""

    def _forget_dependents(self, name: str) -> None:
        for dependent, recipe in self._recipes.items():
            if recipe.needs and dependent != name:
                self._built.pop(dependent, None)
