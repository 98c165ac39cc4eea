"""Plans what is run next: variants, schedules, decoys and repeats, by the results so far.

A run is one variant under one schedule with some tests. Correct variants decide what a test is
worth; mutants decide what a suite is worth. Whatever runs a mutant is accompanied by decoys, runs
of correct variants that look the same from inside.
"""

from collections import Counter
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import chain
from random import Random

from grader.engine.records import FAILED, Outcome
from grader.exercise import Exercise, Probe, Variant
from grader.runner.loops import Schedule, schedules
from grader.sources import SUITE

ENOUGH_FOR_TWO = 4
"""The fewest mutants that are worth a second process to screen them in."""

FEW_TESTS = 10
"""The most tests of a suite that has few chances to fail by accident."""

HANGS = (
    "waits for ever on a mutant, which is no kill: give the wait a deadline with asyncio.timeout"
)


@dataclass(frozen=True)
class Run:
    """One variant under one schedule, with some tests.

    `probe` is the source of a test of ours that is put below the learner's.
    """

    variant: Variant
    schedule: Schedule
    tests: tuple[str, ...]
    probe: str = ""


Process = tuple[Run, ...]
"""Runs with the same tests that share a process: one variant under one schedule after the other.

Or a screening: a correct variant, which has the process to itself, and after it mutants.
"""


def is_screening(process: Sequence[Run]) -> bool:
    """Whether a process meets several variants."""
    return any(run.variant is not process[0].variant for run in process)


@dataclass(frozen=True)
class RunResult:
    """How a run ended. `collected` names the tests that pytest found, one for each case.

    `broken` and `rejected` say why there are no outcomes.
    """

    run: Run
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    collected: tuple[str, ...] = ()
    broken: str | None = None
    rejected: str | None = None

    @property
    def killers(self) -> set[str]:
        """The tests that kill, if the variant is a mutant."""
        return {name for name, outcome in self.outcomes.items() if outcome.kills}

    def only(self, tests: tuple[str, ...]) -> "RunResult":
        """The result as if some of its tests had been all."""
        outcomes = {name: self.outcomes[name] for name in tests}
        run = Run(self.run.variant, self.run.schedule, tests, self.run.probe)
        return RunResult(run, outcomes, self.collected, self.broken, self.rejected)


class Planner:
    """Plans the runs of one suite against one exercise."""

    def __init__(self, exercise: Exercise, random: Random, *, cores: int = 1) -> None:
        self.schedules = schedules(exercise.clock)
        """Every schedule; the first is first-in-first-out."""
        self.orders = [one for one in self.schedules if one.kind == "shuffled"]
        """The schedules that do nothing but order tasks."""
        self.repeatable = exercise.clock == "virtual"
        """Whether the same run always ends the same."""
        self._exercise = exercise
        self._correct = (exercise.reference, *exercise.alternatives)
        self._random = random
        self._cores = cores

    def first(self, tests: tuple[str, ...]) -> list[Process]:
        """The runs before all others: the reference, and behind it mutants in random order.

        The first is first-in-first-out. Where there are two cores and mutants enough, the second
        process is led by the reference in another order, and screens half of them.
        """
        reference, mutants = self._exercise.reference, self._screened()
        leaders = [self.schedules[0], *self.orders[:1]]
        if self._cores < 2 or len(mutants) < ENOUGH_FOR_TWO:
            del leaders[1:]
        return [
            (
                Run(reference, schedule, tests),
                *(
                    Run(mutant, self.schedules[0], tests)
                    for mutant in mutants[number :: len(leaders)]
                ),
            )
            for number, schedule in enumerate(leaders)
        ]

    def _screened(self) -> list[Variant]:
        """The mutants in random order; none where they stand in while it is imported."""
        if any(target.module == SUITE for target in self._exercise.reference.sources):
            return []
        return self._random.sample(self._exercise.mutants, len(self._exercise.mutants))

    def correct(self, tests: tuple[str, ...], probe: str = "") -> list[Process]:
        """Every correct variant first-in-first-out, the reference also in another order."""
        first = [Run(variant, self.schedules[0], tests, probe) for variant in self._correct]
        more = [Run(first[0].variant, one, tests, probe) for one in self.orders[:1]]
        return [(run,) for run in (*first, *more)]

    def rest_of_correct(self, done: Sequence[RunResult], tests: tuple[str, ...]) -> list[Process]:
        """What is left of `correct` once some of it is done."""
        known = [(one.run.variant, one.run.schedule) for one in done]
        return [
            (run,) for (run,) in self.correct(tests) if (run.variant, run.schedule) not in known
        ]

    def broken(self, probe: Probe) -> list[Process]:
        """The variant that a probe must fail with; a failure counts when it happens twice."""
        run = Run(probe.broken, self.schedules[0], (probe.name,), probe.source)
        return [(run,), (run,)]

    def other_schedules(
        self, done: Sequence[RunResult], mutants: Sequence[Process] = ()
    ) -> list[Process]:
        """The runs that the results of correct variants leave open.

        Where a test has failed already each has a process of its own: it will fail again. Where
        mutants begin anew with the first schedule these do so, too, and are their decoys.
        """
        tests = _undecided(done)
        passed = all(one.outcomes[name].ending == "passed" for one in done for name in tests)
        found: list[Process] = []
        for variant in self._correct:
            choosing = _had_a_choice(variant, done, tests)
            runs = [
                Run(variant, schedule, tests, done[-1].run.probe)
                for schedule in self.schedules[1:]
                if choosing or schedule not in self.orders
            ]
            anew = (replace(runs[0], schedule=self.schedules[0]), *runs) if runs else ()
            if passed and _schedules(anew) in map(_schedules, mutants):
                found.append(anew)
            else:
                found += [tuple(runs)] if passed else [(run,) for run in runs]
        return [process for process in found if process and tests]

    def decoys(self, correct: Sequence[Process], mutants: Sequence[Process]) -> list[Process]:
        """Correct variants to be run besides, so that no mutant can be told from the rest.

        To each set of tests belong at least two, the reference and an alternative where there is
        one, under the mutants' schedules, and one for each way in which these share a process.
        """
        decoys: list[Process] = []
        for tests in dict.fromkeys(process[0].tests for process in mutants):
            mine = [_schedules(one) for one in mutants if one[0].tests == tests]
            like = [
                one for one in correct if {*one[0].tests} == {*tests} and _schedules(one) in mine
            ]
            known = set(map(_schedules, like))
            missing = [one for one in dict.fromkeys(mine) if one not in known]
            while missing or self._lacking(like):
                variant = self._random.choice(self._lacking(like) or self._correct)
                shared = missing.pop() if missing else self._random.choice(mine)
                like.append(tuple(Run(variant, schedule, tests) for schedule in shared))
                decoys.append(like[-1])
        return decoys

    def _lacking(self, processes: Sequence[Process]) -> Sequence[Variant]:
        """The variants from which the next decoy is drawn; none where there are enough."""
        there = {process[0].variant for process in processes}
        for kind in ([self._exercise.reference], self._exercise.alternatives):
            if kind and there.isdisjoint(kind):
                return kind
        return self._correct if len(processes) < 2 else ()


def _schedules(process: Process) -> tuple[Schedule, ...]:
    return tuple(run.schedule for run in process)


def _undecided(done: Sequence[RunResult]) -> tuple[str, ...]:
    """The tests that did run to their end, to be run under other schedules, too."""
    return tuple(
        name
        for name in done[-1].run.tests
        if all(one.outcomes[name].ending not in ("hung", "skipped", "refused") for one in done)
    )


def _had_a_choice(variant: Variant, done: Sequence[RunResult], tests: Collection[str]) -> bool:
    """Whether a correct variant could have gone another way under another order of tasks.

    A test whose tasks had only one order ends the same under each schedule that shuffles them. One
    that has failed with any variant may be wrong, or flaky. The others go with it: a test may
    count on another.
    """
    seen = [(one.run, one.outcomes[name]) for one in done for name in tests]
    return any(o.ending in FAILED or (o.choices and run.variant is variant) for run, o in seen)


@dataclass(frozen=True)
class _Suspicion:
    """Kills that are not confirmed: the schedule, and the tests that failed under it."""

    schedule: Schedule
    tests: set[str]
    screened: bool
    """Whether it failed in a process that had met other variants before."""


@dataclass
class _Mutant:
    """One mutant, and what it has been through."""

    variant: Variant
    tried: list[Schedule] = field(default_factory=list)
    survived: bool = False
    """Whether every test passed when it was screened that passes on the reference."""
    hung: set[str] = field(default_factory=set)
    """The tests that hung on it, and are not run on it again, but where a case of them failed."""
    choosing: set[str] = field(default_factory=set)
    """The tests that could have gone another way under another order of tasks."""
    suspicions: list[_Suspicion] = field(default_factory=list)
    killers: set[str] = field(default_factory=set)
    """The tests whose kill is confirmed."""


class MutationRun:
    """All mutants of an exercise: `next` says what to execute, and `learn` takes what came of it.

    First-in-first-out first; the other schedules only for what survives, all in one process, and
    other orders of tasks only where there was a choice. A kill is confirmed when it happens twice;
    or three times, where many tests or many schedules leave more to chance. A test whose
    failures do not happen again is flaky; but where threads take part the mutant may be to blame,
    not the test, and it is only no kill. A screening only makes suspects: what fails in it counts
    after it has failed in a process of its own, and what survives it has one, too, under the
    virtual clock for all of its schedules.

    `tests` is how many were handed in, valid or not.
    """

    def __init__(self, mutants: Sequence[Variant], planner: Planner, *, tests: int) -> None:
        self._mutants = [_Mutant(variant) for variant in mutants]
        self._schedules = planner.schedules
        self._orders = planner.orders
        self._few = tests <= FEW_TESTS
        self._repeatable = planner.repeatable
        self._unconfirmed: Counter[str] = Counter()
        self.flaky: set[str] = set()
        """The tests whose failures do not happen again; others may add to them."""
        self.hints: dict[str, str] = {}
        """The remark on each test that hung on a mutant."""

    def kills(self, valid: Set[str]) -> dict[int, set[str]]:
        """Which valid tests have killed which mutants, by their numbers, which begin with 1."""
        able = valid - self.flaky
        found = {number: one.killers & able for number, one in enumerate(self._mutants, start=1)}
        return {number: killers for number, killers in found.items() if killers}

    def next(self, valid: Set[str], *, in_order: bool = False) -> list[Process]:
        """The next runs, given the tests that are valid so far; none at the end.

        With `in_order` what is due under several schedules waits until it is known which tests
        pass under more than the first.
        """
        able = valid - self.flaky
        alive = [one for one in self._mutants if not one.killers & able]
        for one in alive:
            one.suspicions = [
                replace(some, tests=some.tests & able)
                for some in one.suspicions
                if some.tests & able
            ]
        # the same tests in all repeats: what runs must not tell what is known
        repeated = [one.suspicions[0] for one in alive if one.suspicions]
        everyone: Set[str] = {name for some in repeated for name in some.tests}
        if any(some.screened for some in repeated):  # the first that fails by itself, in its suite
            everyone = able
        found: list[Process] = []
        for one in alive:
            again: Set[str] = set()
            if one.suspicions:
                tests: Set[str] = everyone
                again = one.suspicions[0].tests  # in one case a test may hang, in another it fails
                schedule = one.suspicions[0].schedule
                enough = 1 if self._few and schedule == self._schedules[0] else 2
                plan = [[schedule]] * enough
            else:
                tests, plan = able, [self._untried(one, able)]
            left = tuple(sorted(tests - (one.hung - again)))
            found += [
                tuple(Run(one.variant, schedule, left) for schedule in shared)
                for shared in plan
                if shared and left and not (in_order and len(shared) > 1)
            ]
        return found

    def _untried(self, one: _Mutant, able: Set[str]) -> list[Schedule]:
        if not one.tried and not (one.survived and self._repeatable):
            return [self._schedules[0]]
        choosing = bool(one.choosing & able - one.hung)
        return [
            schedule
            for schedule in self._schedules
            if schedule not in one.tried and (choosing or schedule not in self._orders)
        ]

    def suspect(self, screened: Sequence[RunResult], passed: tuple[str, ...]) -> None:
        """Take how the tests that pass on the reference ended in a screening.

        A result that lacks some of them says nothing.
        """
        for one in self._mutants:
            for result in screened:
                if result.run.variant is one.variant and result.outcomes.keys() >= {*passed}:
                    endings = {result.outcomes[name].ending for name in passed}
                    one.survived = endings == {"passed"}
                    self._note(one, result.only(passed), screened=True)

    def learn(self, processes: Sequence[Sequence[RunResult]]) -> None:
        """Take the results of what `next` has said."""
        results = [*chain(*processes)]
        for one in self._mutants:
            mine = [result for result in results if result.run.variant is one.variant]
            if mine and one.suspicions:
                self._confirm(one, mine)
            else:
                self._try(one, mine)
        if self._repeatable:
            self.flaky |= {name for name, times in self._unconfirmed.items() if times > 1}

    def _try(self, one: _Mutant, results: Sequence[RunResult]) -> None:
        for result in results:
            one.tried.append(result.run.schedule)
            self._note(one, result)

    def _note(self, one: _Mutant, result: RunResult, *, screened: bool = False) -> None:
        for name, outcome in result.outcomes.items():
            if outcome.ending == "hung" and not screened:
                one.hung.add(name)
                if not outcome.kills:
                    self.hints[name] = HANGS
            elif outcome.choices:
                one.choosing.add(name)
        if result.killers:
            suspicion = _Suspicion(result.run.schedule, result.killers, screened)
            one.suspicions.append(suspicion)

    def _confirm(self, one: _Mutant, again: Sequence[RunResult]) -> None:
        suspicion = one.suspicions.pop(0)
        certain = suspicion.tests.intersection(*(result.killers for result in again))
        one.killers |= certain
        if not suspicion.screened:
            self._unconfirmed.update(suspicion.tests - certain)
        elif not certain:  # other variants were to blame for it: this was the first try
            self._try(one, again[:1])
