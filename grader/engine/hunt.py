"""Which mutants are still alive, and what is to be run next to kill them."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from itertools import chain

from grader.engine.execution import Process, Run
from grader.exercise import Variant
from grader.runner.loops import Schedule

FEW = 10
"""So many tests are too few to kill by chance."""

HANGS = (
    "waits for ever on a mutant, which is no kill: give the wait a deadline with asyncio.timeout"
)


@dataclass
class _Mutant:
    """One mutant, and what it has been through."""

    variant: Variant
    tried: list[Schedule] = field(default_factory=list)
    hung: set[str] = field(default_factory=set)
    """The tests that hung on it, and are not run on it again."""
    choosing: set[str] = field(default_factory=set)
    """The tests that could have gone another way under another order of tasks."""
    suspects: list[tuple[Schedule, set[str]]] = field(default_factory=list)
    """Which tests killed it under which schedule, and not yet again."""
    killers: set[str] = field(default_factory=set)


class Hunt:
    """All mutants of an exercise: `runs` says what to execute, and `note` learns from it.

    First-in-first-out first; the other schedules only for what survives, all in one process, and
    other orders of tasks only where there was a choice. A kill counts when it happens twice; or
    three times, where many tests or many schedules leave more to chance.

    `schedules` are all, and `orders` those of them that do nothing but order tasks; `tests` is how
    many were handed in, valid or not.
    """

    def __init__(
        self,
        mutants: Sequence[Variant],
        schedules: Sequence[Schedule],
        orders: Sequence[Schedule],
        *,
        tests: int,
    ) -> None:
        self._mutants = [_Mutant(variant) for variant in mutants]
        self._schedules = schedules
        self._orders = orders
        self._few = tests <= FEW
        self._unrepeated: Counter[str] = Counter()
        self.doubted: set[str] = set()
        """The tests whose failures do not happen again; others may add to them."""
        self.hints: dict[str, str] = {}
        """What to say of a test that hung on a mutant."""

    def kills(self, valid: Set[str]) -> dict[int, set[str]]:
        """Which valid tests have killed which mutants, by their numbers, which begin with 1."""
        able = valid - self.doubted
        found = {number: one.killers & able for number, one in enumerate(self._mutants, start=1)}
        return {number: killers for number, killers in found.items() if killers}

    def runs(self, valid: Set[str]) -> list[Process]:
        """What to execute next, as far as is known which tests are valid. Nothing at the end."""
        able = valid - self.doubted
        alive = [one for one in self._mutants if not one.killers & able]
        for one in alive:
            one.suspects = [(when, who & able) for when, who in one.suspects if who & able]
        # the same tests in all repeats: what runs must not tell what is known
        everyone = {name for one in alive if one.suspects for name in one.suspects[0][1]}
        found: list[Process] = []
        for one in alive:
            if one.suspects:
                tests: Set[str] = everyone
                schedule = one.suspects[0][0]
                enough = 1 if self._few and schedule == self._schedules[0] else 2
                plan = [[schedule]] * enough
            else:
                tests, plan = able, [self._untried(one, able)]
            left = tuple(sorted(tests - one.hung))
            found += [
                [Run(one.variant, schedule, left) for schedule in schedules]
                for schedules in plan
                if schedules and left
            ]
        return found

    def _untried(self, one: _Mutant, able: Set[str]) -> list[Schedule]:
        if not one.tried:
            return [self._schedules[0]]
        choosing = bool(one.choosing & able - one.hung)
        return [
            schedule
            for schedule in self._schedules
            if schedule not in one.tried and (choosing or schedule not in self._orders)
        ]

    def note(self, processes: Sequence[Process]) -> None:
        """Learn from what `runs` has said, which was executed meanwhile."""
        runs = [*chain(*processes)]
        for one in self._mutants:
            mine = [run for run in runs if run.variant is one.variant]
            if mine and one.suspects:
                self._repeat(one, mine)
            else:
                self._try(one, mine)
        self.doubted |= {name for name, times in self._unrepeated.items() if times > 1}

    def _try(self, one: _Mutant, runs: Sequence[Run]) -> None:
        for run in runs:
            one.tried.append(run.schedule)
            for name, outcome in run.outcomes.items():
                if outcome.ending == "hung":
                    one.hung.add(name)
                    self.hints[name] = HANGS
                elif outcome.choices:
                    one.choosing.add(name)
            if run.killers:
                one.suspects.append((run.schedule, run.killers))

    def _repeat(self, one: _Mutant, again: Sequence[Run]) -> None:
        _, killers = one.suspects.pop(0)
        certain = killers.intersection(*(run.killers for run in again))
        self._unrepeated.update(killers - certain)
        one.killers |= certain
