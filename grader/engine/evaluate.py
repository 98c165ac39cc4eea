"""A suite against every variant of an exercise's subject, under every schedule: a `Report`.

Plan, execute, judge, until nothing is left to be planned.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from random import Random

from grader.engine.execution import ALL_DEFENCES, Defences, Executor
from grader.engine.planner import MutationRun, Planner, Process, RunResult
from grader.engine.records import explain
from grader.engine.suite import Suite, read, too_many
from grader.engine.verdicts import judge, judge_probe
from grader.errors import Rejected, Unreadable, WorkerLost
from grader.exercise import Exercise, Variant
from grader.report import MutantReport, ProbeReport, Report, TestReport, score
from grader.runner.settings import MOST_TESTS
from grader.sandbox.interface import Worker


def evaluate(
    text: str,
    exercise: Exercise,
    worker: Worker,
    progress: Callable[[str], None] = lambda what: None,
    *,
    defences: Defences = ALL_DEFENCES,
) -> Report:
    """Grade one suite, the text of a cell or a file. Never raises for what a learner wrote."""
    evaluation = _evaluate(text, exercise, worker, progress, defences)
    return replace(evaluation, sandbox=worker.wall)


def _evaluate(
    text: str,
    exercise: Exercise,
    worker: Worker,
    progress: Callable[[str], None],
    defences: Defences,
) -> Report:
    try:
        suite = read(text, rules=defences.rules)
    except Unreadable as error:
        return Report(exercise.id, "error", explain(str(error)), exercise.points)
    except Rejected as error:
        return Report(exercise.id, "rejected", explain(str(error)), exercise.points)
    if not suite.attempted:
        reason = "Write your tests in the cell and run it."
        return Report(exercise.id, "not-attempted", reason, exercise.points)
    try:
        return _Evaluation(suite, exercise, worker, progress, defences).report()
    except WorkerLost as error:
        return Report(exercise.id, "error", explain(str(error)), exercise.points)


class _Evaluation:
    """One suite: plan, execute, judge."""

    def __init__(
        self,
        suite: Suite,
        exercise: Exercise,
        worker: Worker,
        progress: Callable[[str], None],
        defences: Defences,
    ) -> None:
        self._suite = suite
        self._tests = suite.tests
        self._exercise = exercise
        self._progress = progress
        random = Random(secrets.randbits(64))
        self._planner = Planner(exercise, random, cores=worker.children)
        self._execute = Executor(suite, exercise, worker, random, defences).execute

    def report(self) -> Report:
        exercise = self._exercise
        self._progress("checking the tests against correct implementations")
        screenings = self._execute(self._planner.first(self._tests))
        first = screenings[0][0]
        if first.rejected is not None:
            return Report(exercise.id, "rejected", first.rejected, exercise.points)
        if first.broken is not None:
            return Report(exercise.id, "error", first.broken, exercise.points)
        self._tests = tuple(
            name
            for name in self._tests
            if name in first.collected or name not in self._suite.unsure
        )
        if (number := len(self._tests) + len(self._suite.refused)) > MOST_TESTS:
            return Report(exercise.id, "rejected", f"{too_many(number)}.", exercise.points)
        first = first.only(self._tests)
        reason = " ".join(self._remarks(first.collected)) or None
        refused = tuple(
            TestReport(name, "refused", why) for name, why in self._suite.refused.items()
        )
        if not self._tests:
            if reason is None and exercise.mutants and not refused:
                reason = "No test found: the name of a test begins with `test_`."
            return self._graded(refused, {}, self._probes(), reason)
        correct, mutation = self._judged(first, screenings)
        tests = self._judge(correct)
        valid = _valid(tests)
        kills = mutation.kills(valid)
        judged = tuple(
            TestReport(test.name, "flaky", _CHANGES_ITS_MIND)
            if test.name in mutation.flaky & valid
            else TestReport(
                test.name,
                test.verdict,
                self._suite.never_run.get(test.name)
                or test.message
                or mutation.hints.get(test.name)
                or self._suite.notes.get(test.name),
                tuple(number for number in kills if test.name in kills[number]),
            )
            for test in tests
        )
        ordered = sorted(judged + refused, key=lambda test: self._suite.names.index(test.name))
        return self._graded(tuple(ordered), kills, self._probes(), reason)

    def _remarks(self, collected: tuple[str, ...]) -> Iterator[str]:
        """Remarks on what its author took for a test and pytest does not, and the reverse."""
        yield from self._suite.remarks
        known = {*self._suite.tests, *self._suite.refused}
        others = [name for name in dict.fromkeys(collected) if name not in known]
        if others:
            yield (
                f"`{others[0]}` does not count, since the cell does not say its name: "
                "write `def` and the name, or `name = …`."
            )

    def _judged(
        self, first: RunResult, screenings: list[list[RunResult]]
    ) -> tuple[list[RunResult], MutationRun]:
        """The results of all runs of correct variants, and a mutation run that is over.

        Mutants run together with correct variants, from the first batch on.
        """
        rest = tuple(name for name in first.run.tests if first.outcomes[name].ending != "hung")
        handed_in = len(self._tests)
        mutation = MutationRun(self._exercise.mutants, self._planner, tests=handed_in)
        passed = tuple(name for name in rest if first.outcomes[name].ending == "passed")
        if passed:
            screened = [result for _, *others in screenings for result in others]
            mutation.suspect(screened, passed)
        mutants = mutation.next({*rest}, in_order=True) if passed else []
        correct = [first, *(leader.only(rest) for leader, *_ in screenings[1:])]
        more = self._planner.rest_of_correct(correct, rest)
        correct += self._together(more, mutants, mutation)
        mutants = mutation.next(_valid(self._judge(correct)))
        more = self._planner.other_schedules(correct, mutants)
        correct += self._together(more, mutants, mutation)
        self._progress("looking for mutants that survive")
        while mutants := mutation.next(_valid(self._judge(correct))):
            self._together([], mutants, mutation)
        return correct, mutation

    def _together(
        self, correct: list[Process], mutants: list[Process], mutation: MutationRun
    ) -> list[RunResult]:
        """Execute correct variants and mutants with decoys, and let the mutation run learn.

        The results of the correct ones, decoys left aside. A test is flaky if its result on a decoy
        differs from its earlier result.
        """
        plan = [*correct, *mutants, *self._planner.decoys(correct, mutants)]
        found = self._execute(plan)
        begin, end = len(correct), len(correct) + len(mutants)
        mutation.learn(found[begin:end])
        mutation.flaky |= {
            name
            for result in chain(*found[end:])
            for name, outcome in result.outcomes.items()
            if outcome.ending != "passed"
        }
        return [*chain(*found[:begin])]

    def _judge(self, correct: list[RunResult]) -> list[TestReport]:
        """The verdict on each test, by these runs of correct variants."""
        return [judge(name, correct, self._exercise) for name in self._tests]

    def _probes(self) -> tuple[ProbeReport, ...]:
        """Our tests on what the learner wrote: pairs of what must pass and what must fail."""
        probes = self._exercise.probes
        correct = [self._planner.correct((probe.name,), probe.source) for probe in probes]
        broken = [self._planner.broken(probe) for probe in probes]
        found = self._groups([*correct, *broken])  # together: neither can be told from the other
        passing, failing = found[: len(probes)], found[len(probes) :]
        others = self._groups([self._planner.other_schedules(done) for done in passing])
        return tuple(
            judge_probe(probe, [*good, *more], bad, self._exercise)
            for probe, good, more, bad in zip(probes, passing, others, failing, strict=True)
        )

    def _groups(self, plans: list[list[Process]]) -> list[list[RunResult]]:
        """The results of several plans that are executed at once, by plan."""
        results = iter(self._execute(chain(*plans)))
        return [[*chain(*(next(results) for _ in plan))] for plan in plans]

    def _graded(
        self,
        tests: tuple[TestReport, ...],
        kills: dict[int, set[str]],
        probes: tuple[ProbeReport, ...],
        reason: str | None = None,
    ) -> Report:
        """The report. Every mutant and every probe pair weighs alike."""
        exercise = self._exercise
        mutants = tuple(
            MutantReport(number, bool(kills.get(number)), _clause(exercise, variant))
            for number, variant in enumerate(exercise.mutants, start=1)
        )
        killed = sum(mutant.killed for mutant in mutants)
        earned = killed + sum(probe.passed for probe in probes)
        invalid = sum(test.verdict != "valid" for test in tests)
        return Report(
            exercise.id,
            "graded",
            reason,
            exercise.points,
            score(exercise.points, earned, len(mutants) + len(probes), invalid),
            round(killed / len(mutants), 4) if mutants else None,
            tests,
            mutants,
            probes,
        )


_CHANGES_ITS_MIND = (
    "passes on a correct implementation and fails on the same one when it runs again, or fails on "
    "a mutant and then passes: let nothing depend on chance, on time or on other tests"
)


def _valid(tests: Iterable[TestReport]) -> set[str]:
    return {test.name for test in tests if test.verdict == "valid"}


def _clause(exercise: Exercise, variant: Variant) -> str:
    assert variant.clause is not None
    return exercise.contract[variant.clause - 1]
