"""A suite against every variant of an exercise's subject, under every schedule: a `Report`.

The only place that knows which variant is which: it decides what is run, and what the outcomes
mean. Among the mutants there are correct implementations, too.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from random import Random

from grader.engine.execution import ALL_DEFENCES, Defences, Executor, Process, Run
from grader.engine.hunt import Hunt
from grader.engine.records import explain
from grader.engine.suite import Suite, read
from grader.engine.verdicts import had_a_choice, judge, judge_probe, undecided
from grader.errors import Rejected, Unreadable, WorkerLost
from grader.exercise import Exercise, Variant
from grader.report import MutantReport, ProbeReport, Report, TestReport, score
from grader.runner.loops import Schedule, schedules
from grader.sandbox.worker import Worker


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
    """One suite on its way through the runs."""

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
        self._correct = (exercise.reference, *exercise.alternatives)
        self._every = schedules(exercise.clock)
        self._orders = [schedule for schedule in self._every if schedule.kind == "shuffled"]
        self._random = Random(secrets.randbits(64))
        self._executor = Executor(suite, exercise, worker, self._random, defences)

    def report(self) -> Report:
        exercise = self._exercise
        self._progress("checking the tests against correct implementations")
        first = Run(exercise.reference, self._every[0], self._tests)
        self._executor.execute([[first]])
        if first.rejected is not None:
            return Report(exercise.id, "rejected", first.rejected, exercise.points)
        if first.broken is not None:
            return Report(exercise.id, "error", first.broken, exercise.points)
        self._tests = tuple(
            name
            for name in self._tests
            if name in first.collected or name not in self._suite.unsure
        )
        first.narrow(self._tests)
        reason = " ".join(self._remarks(first.collected)) or None
        refused = tuple(
            TestReport(name, "refused", why) for name, why in self._suite.refused.items()
        )
        if not self._tests:
            if reason is None and exercise.mutants and not refused:
                reason = "No test found: the name of a test begins with `test_`."
            return self._graded(refused, {}, self._probe(), reason)
        correct, hunt = self._judged(first)
        tests = self._judge(correct)
        valid = _valid(tests)
        kills = hunt.kills(valid)
        judged = tuple(
            TestReport(test.name, "flaky", _CHANGES_ITS_MIND)
            if test.name in hunt.doubted & valid
            else TestReport(
                test.name,
                test.verdict,
                self._suite.never_run.get(test.name)
                or test.message
                or hunt.hints.get(test.name)
                or self._suite.notes.get(test.name),
                tuple(number for number in kills if test.name in kills[number]),
            )
            for test in tests
        )
        ordered = sorted(judged + refused, key=lambda test: self._suite.names.index(test.name))
        return self._graded(tuple(ordered), kills, self._probe(), reason)

    def _remarks(self, collected: tuple[str, ...]) -> Iterator[str]:
        """What its author took for a test and pytest does not, and the other way round."""
        yield from self._suite.remarks
        known = {*self._suite.tests, *self._suite.refused}
        others = [name for name in dict.fromkeys(collected) if name not in known]
        if others:
            yield (
                f"`{others[0]}` does not count, since the cell does not say its name: "
                "write `def` and the name, or `name = …`."
            )

    def _judged(self, first: Run) -> tuple[list[Run], Hunt]:
        """All runs of correct implementations, and a hunt that is over.

        Mutants run together with correct implementations, from the first batch on. Doubted is a
        test that treats one that only stands among them differently than before.
        """
        rest = tuple(name for name in first.tests if first.outcomes[name].ending != "hung")
        handed_in = len(self._tests)
        hunt = Hunt(self._exercise.mutants, self._every, self._orders, tests=handed_in)
        correct = [first, *self._of_correct(rest)[1:]]
        passed = any(outcome.ending == "passed" for outcome in first.outcomes.values())
        mutants = hunt.runs({*rest}) if passed else []
        self._together([[run] for run in correct[1:]], mutants, hunt)
        more = self._under_other_schedules(correct)
        mutants = hunt.runs(_valid(self._judge(correct)))
        self._together(more, mutants, hunt)
        correct += chain(*more)
        self._progress("looking for mutants that survive")
        while mutants := hunt.runs(_valid(self._judge(correct))):
            self._together([], mutants, hunt)
        return correct, hunt

    def _judge(self, correct: list[Run]) -> list[TestReport]:
        """What is known of each test by these runs of correct implementations."""
        return [judge(name, correct, self._exercise) for name in self._tests]

    def _graded(
        self,
        tests: tuple[TestReport, ...],
        kills: dict[int, set[str]],
        probes: tuple[ProbeReport, ...],
        reason: str | None = None,
    ) -> Report:
        """Every mutant and every probe pair weighs alike."""
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

    def _of_correct(self, tests: tuple[str, ...], probe: str = "") -> list[Run]:
        """Every correct variant first-in-first-out, the reference also in another order."""
        first = [Run(variant, self._every[0], tests, probe) for variant in self._correct]
        return [*first, *(Run(first[0].variant, one, tests, probe) for one in self._orders[:1])]

    def _under_other_schedules(self, done: list[Run]) -> list[Process]:
        """What the runs of correct variants leave open, to be executed.

        Where a test has failed already each has a process of its own: it will fail again.
        """
        tests = undecided(done)
        passed = all(run.outcomes[name].ending == "passed" for run in done for name in tests)
        found: list[Process] = []
        for variant in self._correct:
            choosing = had_a_choice(variant, done, tests)
            runs = [
                Run(variant, schedule, tests, done[-1].probe)
                for schedule in self._every[1:]
                if choosing or schedule not in self._orders
            ]
            found += [runs] if passed else [[run] for run in runs]
        return [process for process in found if process and tests]

    def _together(self, correct: list[Process], mutants: list[Process], hunt: Hunt) -> None:
        """Execute runs of correct implementations and of mutants, and let the hunt learn."""
        decoys = self._decoys(correct, mutants)
        self._executor.execute([*correct, *mutants, *decoys])
        hunt.note(mutants)
        hunt.doubted |= {
            name
            for run in chain(*decoys)
            for name, outcome in run.outcomes.items()
            if outcome.ending != "passed"
        }

    def _decoys(self, correct: list[Process], mutants: list[Process]) -> list[Process]:
        """Correct implementations to be run besides, so that no mutant can be told from the rest.

        To each set of tests belong at least two, the reference and an alternative where there is
        one, under the mutants' schedules, and one for each way in which these share a process.
        """
        decoys = []
        for tests in dict.fromkeys(process[0].tests for process in mutants):
            mine = [_schedules(one) for one in mutants if one[0].tests == tests]
            like = [
                one for one in correct if {*one[0].tests} == {*tests} and _schedules(one) in mine
            ]
            known = set(map(_schedules, like))
            missing = [one for one in dict.fromkeys(mine) if one not in known]
            while missing or self._lacking(like):
                variant = self._random.choice(self._lacking(like) or self._correct)
                schedules = missing.pop() if missing else self._random.choice(mine)
                like.append([Run(variant, schedule, tests) for schedule in schedules])
                decoys.append(like[-1])
        return decoys

    def _lacking(self, processes: list[Process]) -> Sequence[Variant]:
        """Of which correct implementations one has to be added."""
        there = {process[0].variant for process in processes}
        for kind in ([self._exercise.reference], self._exercise.alternatives):
            if kind and there.isdisjoint(kind):
                return kind
        return self._correct if len(processes) < 2 else ()

    def _probe(self) -> tuple[ProbeReport, ...]:
        """Our tests on what the learner wrote: pairs of what must pass and what must fail."""
        pairs = []
        for probe in self._exercise.probes:
            correct = self._of_correct((probe.name,), probe.source)
            broken = [  # a failure counts when it happens twice
                Run(probe.broken, self._every[0], (probe.name,), probe.source) for _ in range(2)
            ]
            pairs.append((probe, correct, broken))
        self._executor.execute([run] for _, correct, broken in pairs for run in (*correct, *broken))
        others = [self._under_other_schedules(correct) for _, correct, _ in pairs]
        self._executor.execute(chain(*others))
        return tuple(
            judge_probe(probe, [*correct, *chain(*more)], broken, self._exercise)
            for (probe, correct, broken), more in zip(pairs, others, strict=True)
        )


_CHANGES_ITS_MIND = (
    "passes on a correct implementation and fails on the same one when it runs again, or fails on "
    "a mutant and then passes: let nothing depend on chance, on time or on other tests"
)


def _schedules(process: Process) -> tuple[Schedule, ...]:
    return tuple(run.schedule for run in process)


def _valid(tests: Iterable[TestReport]) -> set[str]:
    return {test.name for test in tests if test.verdict == "valid"}


def _clause(exercise: Exercise, variant: Variant) -> str:
    assert variant.clause is not None
    return exercise.contract[variant.clause - 1]
