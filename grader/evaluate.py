"""A suite against every variant of an exercise's subject, under every schedule: a `Report`.

The only place that knows which variant is which. What it sends to the worker is text without a
label, in a new disguise and in random order; among the mutants there are correct implementations,
too. What comes back is only a list of what passed and what failed.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from grader.disguise import Disguise, Disguised
from grader.exercise import SUITE, Exercise, Target, Variant
from grader.hunt import Hunt
from grader.inside.loops import schedules
from grader.inside.settings import DEADLINES
from grader.report import MutantReport, ProbeReport, Report, TestReport, score
from grader.suite import Rejected, Suite, Unreadable, read
from grader.transcript import Outcome, explain, read_answer, shorten, unfinished
from grader.verdicts import Run, judge, judge_probe, undecided
from grader.worker import Worker, WorkerLost


def evaluate(
    text: str,
    exercise: Exercise,
    worker: Worker,
    progress: Callable[[str], None] = lambda what: None,
    *,
    disguised: bool = True,
) -> Report:
    """Grade one suite, the text of a cell or a file. Never raises for what a learner wrote.

    `disguised` is False only where a test looks at what the disguise does.
    """
    evaluation = _evaluate(text, exercise, worker, progress, disguised)
    return replace(evaluation, sandbox=worker.wall)


def _evaluate(
    text: str,
    exercise: Exercise,
    worker: Worker,
    progress: Callable[[str], None],
    disguised: bool,
) -> Report:
    try:
        suite = read(text)
    except Unreadable as error:
        return Report(exercise.id, "error", explain(str(error)), exercise.points)
    except Rejected as error:
        return Report(exercise.id, "rejected", explain(str(error)), exercise.points)
    if not suite.attempted:
        reason = "Write your tests in the cell and run it."
        return Report(exercise.id, "not-attempted", reason, exercise.points)
    try:
        return _Evaluation(suite, exercise, worker, progress, disguised=disguised).report()
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
        *,
        disguised: bool,
    ) -> None:
        self._suite = suite
        self._exercise = exercise
        self._worker = worker
        self._progress = progress
        self._correct = (exercise.reference, *exercise.alternatives)
        self._every = schedules(exercise.clock)
        # with threads, what is ready when depends on more than the order of tasks
        is_order = {"virtual": ("shuffled",), "real": ()}[exercise.clock]
        self._orders = [schedule for schedule in self._every if schedule.kind in is_order]
        self._random = Random(secrets.randbits(64))
        self._disguise = _disguise(exercise) if disguised else None

    def report(self) -> Report:
        exercise = self._exercise
        self._progress("checking the tests against correct implementations")
        first = Run(exercise.reference, self._every[0], self._suite.tests)
        self._execute([first])
        if first.rejected is not None:
            return Report(exercise.id, "rejected", first.rejected, exercise.points)
        if first.broken is not None:
            return Report(exercise.id, "error", first.broken, exercise.points)
        if not self._suite.tests:
            reason = "No test found: the name of a test begins with `test_`."
            return self._graded((), {}, self._probe(), reason if exercise.mutants else None)
        correct, hunt = self._judged(first)
        tests = self._judge(correct)
        valid = _valid(tests)
        kills = hunt.kills(valid)
        return self._graded(
            tuple(
                TestReport(test.name, "flaky", _CHANGES_ITS_MIND)
                if test.name in hunt.doubted & valid
                else TestReport(
                    test.name,
                    test.verdict,
                    test.message or hunt.hints.get(test.name) or self._suite.notes.get(test.name),
                    tuple(number for number in kills if test.name in kills[number]),
                )
                for test in tests
            ),
            kills,
            self._probe(),
            _made_at_run_time(first.collected, self._suite.tests),
        )

    def _judged(self, first: Run) -> tuple[list[Run], Hunt]:
        """All runs of correct implementations, and a hunt that is over.

        Mutants run together with correct implementations, from the first batch on. Doubted is a
        test that treats one that only stands among them differently than before.
        """
        rest = tuple(name for name in first.tests if first.outcomes[name].ending != "hung")
        handed_in = len(self._suite.tests)
        hunt = Hunt(self._exercise.mutants, self._every, self._orders, tests=handed_in)
        correct = [first, *self._of_correct(rest)[1:]]
        passed = any(outcome.ending == "passed" for outcome in first.outcomes.values())
        mutants = hunt.runs({*rest}) if passed else []
        self._together(correct[1:], mutants, hunt)
        more = self._under_other_orders(correct)
        mutants = hunt.runs(_valid(self._judge(correct)))
        self._together(more, mutants, hunt)
        correct += more
        self._progress("looking for mutants that survive")
        while mutants := hunt.runs(_valid(self._judge(correct))):
            self._together([], mutants, hunt)
        return correct, hunt

    def _judge(self, correct: list[Run]) -> list[TestReport]:
        """What is known of each test by these runs of correct implementations."""
        return [judge(name, correct, self._exercise) for name in self._suite.tests]

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
        """What every correct variant is run under, the reference also in another order of tasks."""
        return [
            Run(variant, schedule, tests, probe)
            for variant in self._correct
            for schedule in self._every
            if schedule not in self._orders
            or (variant is self._exercise.reference and schedule is self._orders[0])
        ]

    def _under_other_orders(self, done: list[Run]) -> list[Run]:
        """What the runs of correct variants leave open, to be executed."""
        known = {(run.variant, run.schedule) for run in done}
        return [
            Run(variant, schedule, tests, done[-1].probe)
            for variant in self._correct
            if (tests := undecided(done, variant))
            for schedule in self._orders
            if (variant, schedule) not in known
        ]

    def _together(self, correct: list[Run], mutants: list[Run], hunt: Hunt) -> None:
        """Execute runs of correct implementations and of mutants, and let the hunt learn."""
        decoys = self._decoys(correct, mutants)
        self._execute([*correct, *mutants, *decoys])
        hunt.note(mutants)
        hunt.doubted |= {
            name
            for decoy in decoys
            for name, outcome in decoy.outcomes.items()
            if outcome.ending != "passed"
        }

    def _decoys(self, correct: list[Run], mutants: list[Run]) -> list[Run]:
        """Correct implementations to be run besides, so that no mutant can be told from the rest.

        To each set of tests belong at least two, the reference and an alternative where there is
        one, under the mutants' schedules, and one under each of these.
        """
        decoys = []
        for tests in dict.fromkeys(run.tests for run in mutants):
            schedules = list(dict.fromkeys(run.schedule for run in mutants if run.tests == tests))
            like = [
                run for run in correct if {*run.tests} == {*tests} and run.schedule in schedules
            ]
            missing = [one for one in schedules if one not in {run.schedule for run in like}]
            while missing or self._lacking(like):
                variants = self._lacking(like) or self._correct
                schedule = missing.pop() if missing else self._random.choice(schedules)
                like.append(Run(self._random.choice(variants), schedule, tests))
                decoys.append(like[-1])
        return decoys

    def _lacking(self, runs: list[Run]) -> Sequence[Variant]:
        """Of which correct implementations one has to be added."""
        there = {run.variant for run in runs}
        for kind in ([self._exercise.reference], self._exercise.alternatives):
            if kind and there.isdisjoint(kind):
                return kind
        return self._correct if len(runs) < 2 else ()

    def _probe(self) -> tuple[ProbeReport, ...]:
        """Our tests on what the learner wrote: pairs of what must pass and what must fail."""
        pairs = []
        for probe in self._exercise.probes:
            correct = self._of_correct((probe.name,), probe.source)
            broken = [  # a failure counts when it happens twice
                Run(probe.broken, self._every[0], (probe.name,), probe.source) for _ in range(2)
            ]
            pairs.append((probe, correct, broken))
        self._execute(run for _, correct, broken in pairs for run in (*correct, *broken))
        others = [self._under_other_orders(correct) for _, correct, _ in pairs]
        self._execute(run for more in others for run in more)
        return tuple(
            judge_probe(probe, [*correct, *more], broken, self._exercise)
            for (probe, correct, broken), more in zip(pairs, others, strict=True)
        )

    def _execute(self, runs: Iterable[Run]) -> None:
        """Fill the runs. A test that ends its process is noted, and the rest run without it."""
        waiting = [(run, set(run.tests)) for run in runs]
        while waiting:
            self._random.shuffle(waiting)
            worn = [self._wear(run.variant) for run, _ in waiting]
            requests = [
                self._request(run, tests, disguised.sources)
                for (run, tests), disguised in zip(waiting, worn, strict=True)
            ]
            answers = self._worker.run(requests)
            again = []
            for (run, tests), disguised, answer in zip(waiting, worn, answers, strict=True):
                transcript = read_answer(
                    answer,
                    sorted(tests),
                    self._deadline,
                    setup_kills=self._exercise.setup_kills,
                    words=self._words(run, disguised),
                )
                run.broken, run.rejected = transcript.broken, transcript.rejected
                run.collected = run.collected or transcript.collected
                run.outcomes.update(transcript.outcomes)
                rest = tests - set(transcript.outcomes)
                if transcript.broken is not None or transcript.rejected is not None:
                    run.outcomes.update(dict.fromkeys(rest, Outcome("failed", transcript.broken)))
                elif rest and transcript.outcomes:
                    again.append((run, rest))
                else:  # the process ends before any test can: all that is left is to blame
                    outcome = unfinished(answer, self._deadline)
                    run.outcomes.update(dict.fromkeys(rest, outcome))
            waiting = again

    def _wear(self, variant: Variant) -> Disguised:
        if self._disguise is None:
            return Disguised(variant.sources, {})
        return self._disguise.put_on(variant, self._random)

    def _words(self, run: Run, disguised: Disguised) -> Callable[[str], str]:
        """Puts messages into the variant's own names, and leaves out lines that the cell lacks."""
        lines = self._suite.source.count("\n") + 1

        def own(found: re.Match[str]) -> str:
            return found[0] if run.probe or int(found[1]) <= lines else ""

        return lambda message: shorten(_LINE.sub(own, disguised.translate(message)))

    @property
    def _deadline(self) -> float:
        return DEADLINES[self._exercise.clock]

    def _request(self, run: Run, tests: set[str], sources: Mapping[Target, str]) -> dict[str, Any]:
        helpers = [source for target, source in sources.items() if target.module == SUITE]
        below = [run.probe] if run.probe else helpers  # a probe looks at the learner's own helper
        return {
            "suite": "\n\n\n".join([self._suite.source, *below]),
            "tests": sorted(tests),
            "grafts": _grafts(sources),
            "schedule": vars(run.schedule),
            "clock": self._exercise.clock,
            "deadline": self._deadline,
            "limit": self._deadline * (len(tests) + 1),
        }


_LINE = re.compile(r"^line (\d+): ")
_CHANGES_ITS_MIND = (
    "passes on a correct implementation and fails on the same one when it runs again, or fails on "
    "a mutant and then passes: let nothing depend on chance, on time or on other tests"
)


@cache
def _disguise(exercise: Exercise) -> Disguise:
    return Disguise(exercise.variants)


def _valid(tests: Iterable[TestReport]) -> set[str]:
    return {test.name for test in tests if test.verdict == "valid"}


def _made_at_run_time(collected: tuple[str, ...], written: tuple[str, ...]) -> str | None:
    """What pytest found, and the source does not show. Only what can be read can be judged."""
    others = [name for name in dict.fromkeys(collected) if name not in written]
    if not others:
        return None
    return f"`{others[0]}` does not count: write every test in the cell itself, with `def`."


def _clause(exercise: Exercise, variant: Variant) -> str:
    assert variant.clause is not None
    return exercise.contract[variant.clause - 1]


def _grafts(sources: Mapping[Target, str]) -> list[dict[str, str]]:
    """The sources for the application: one text for each class or module, these in one order."""
    owners: dict[tuple[str, str], list[str]] = {}
    for target, source in sources.items():
        if target.module != SUITE:
            owners.setdefault((target.module, target.owner), []).append(source)
    return [
        {"module": module, "owner": owner, "source": "\n\n".join(owners[module, owner])}
        for module, owner in sorted(owners)
    ]
