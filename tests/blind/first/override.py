"""Own variants of override, written from the contract and the application alone."""

from grader.bank import OVERRIDE
from vespera_scriptorium.infrastructure.di.container import *  # noqa: F403


@OVERRIDE.mutant(clause=1)
class EmptyIsNone(Container):
    """Takes a replacement that is empty or None for no replacement."""

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


@OVERRIDE.mutant(clause=2)
class OnlyDirectDependents(Container):
    """Builds anew what needs the object directly, but not what needs that in turn."""

    def _forget_dependents(self, name: str) -> None:
        """Drop what was built from `name`, and what was built from that, so it is built anew."""
        for dependent, recipe in self._recipes.items():
            if name in recipe.needs:
                self._built.pop(dependent, None)


@OVERRIDE.mutant(clause=2)
class ForgetsEverything(Container):
    """Builds everything but the original anew, also what does not need it."""

    def _forget_dependents(self, name: str) -> None:
        """Drop what was built from `name`, and what was built from that, so it is built anew."""
        for other in [other for other in self._built if other != name]:
            del self._built[other]


@OVERRIDE.mutant(clause=3)
class DependentsStay(Container):
    """Leaves what was built with the replacement in place when the override is withdrawn."""

    def withdraw(self, override: "Override") -> None:
        """End an override. To withdraw it twice is harmless."""
        if override in self._overrides:
            self._overrides.remove(override)


@OVERRIDE.mutant(clause=3)
class StaysAfterAnError(Override):
    """Is withdrawn only when its block ends without an exception."""

    def __exit__(self, *exception: object) -> None:
        """End the override."""
        if exception[0] is None:
            self.withdraw()


@OVERRIDE.mutant(clause=4)
class WithdrawsTheLatest(Container):
    """Withdraws the latest override of the key, not the one that was meant."""

    def withdraw(self, override: "Override") -> None:
        """End an override. To withdraw it twice is harmless."""
        if override in self._overrides:
            latest = [other for other in self._overrides if other.name == override.name][-1]
            self._overrides.remove(latest)
            self._forget_dependents(override.name)


@OVERRIDE.alternative()
class NewestFirst(Container):
    """Keeps the newest override first in its list."""

    def get(self, key: str | type[Any]) -> Any:
        """The object behind a port, a service or a name."""
        name = _name(key)
        in_force = [one for one in self._overrides if one.name == name]
        if in_force:
            return in_force[0].replacement
        if name not in self._recipes:
            raise KeyError(f"the container knows no {name}")
        if name not in self._built:
            recipe = self._recipes[name]
            self._built[name] = recipe.build(*(self.get(need) for need in recipe.needs))
        return self._built[name]

    def override(self, key: str | type[Any], replacement: Any) -> "Override":
        """Put `replacement` in the place of a port, a service or a name."""
        override = Override(self, _name(key), replacement)
        self._overrides.insert(0, override)
        self._forget_dependents(override.name)
        return override


@OVERRIDE.alternative()
class HiddenOnesGoQuietly(Container):
    """Keeps what is built when an override is withdrawn that another one hides."""

    def withdraw(self, override: "Override") -> None:
        """End an override. To withdraw it twice is harmless."""
        if override not in self._overrides:
            return
        later = self._overrides[self._overrides.index(override) + 1 :]
        self._overrides = [other for other in self._overrides if other is not override]
        if not any(other.name == override.name for other in later):
            self._forget_dependents(override.name)


@OVERRIDE.alternative()
class CollectsFirst(Container):
    """Collects the names of all dependents in a set before it drops any."""

    def _forget_dependents(self, name: str) -> None:
        """Drop what was built from `name`, and what was built from that, so it is built anew."""
        affected = {name}
        size = 0
        while size != len(affected):
            size = len(affected)
            affected |= {
                dependent
                for dependent, recipe in self._recipes.items()
                if affected.intersection(recipe.needs)
            }
        affected.discard(name)
        self._built = {key: value for key, value in self._built.items() if key not in affected}
