"""A suite against every variant of an exercise's subject, under every schedule: a `Report`.

The only place that knows which variant is which. What it sends to the worker is text without a
label, in a new disguise and in random order; among the mutants there are correct implementations,
too. What comes back is only a list of what passed and what failed.
"""

import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from grader.disguise import Disguise, Disguised
from grader.exercise import SUITE, Exercise, Target, Variant
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
        self._always = [one for one in self._every if one not in self._orders[1:]]
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
        hung = {name for name, outcome in first.outcomes.items() if outcome.ending == "hung"}
        rest = tuple(name for name in self._suite.tests if name not in hung)
        correct = [first] + [
            Run(variant, schedule, rest)
            for variant in self._correct
            for schedule in self._always
            if (variant, schedule) != (first.variant, first.schedule)
        ]
        self._execute(correct[1:])
        correct += self._under_other_orders(correct)
        tests = [judge(name, correct, exercise) for name in self._suite.tests]
        valid = tuple(test.name for test in tests if test.verdict == "valid")
        self._progress("looking for mutants that survive")
        kills, hints, doubted = self._hunt(valid)
        return self._graded(
            tuple(
                TestReport(test.name, "flaky", _CHANGES_ITS_MIND)
                if test.name in doubted
                else TestReport(
                    test.name,
                    test.verdict,
                    test.message or hints.get(test.name) or self._suite.notes.get(test.name),
                    tuple(sorted(number for number in kills if test.name in kills[number])),
                )
                for test in tests
            ),
            kills,
            self._probe(),
            _made_at_run_time(first.collected, self._suite.tests),
        )

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

    def _under_other_orders(self, done: list[Run]) -> list[Run]:
        """Execute what the runs of correct variants leave open, and return it."""
        more = [
            Run(variant, schedule, tests, done[-1].probe)
            for variant in self._correct
            if (tests := undecided(done, variant))
            for schedule in self._orders[1:]
        ]
        self._execute(more)
        return more

    def _hunt(self, valid: tuple[str, ...]) -> tuple[dict[int, set[str]], dict[str, str], set[str]]:
        """Which valid tests kill which mutant, a hint for each that hung on one, and the doubted.

        First-in-first-out first; the other schedules only for what survives, and other orders of
        tasks only where there was a choice. A kill counts when it happens twice; or three times,
        where many tests or many schedules leave more to chance.
        Doubted is a test that treats a correct implementation differently among
        mutants than before, or whose failures do not happen again.
        """
        kills: dict[int, set[str]] = {}
        hints: dict[str, str] = {}
        doubted: set[str] = set()
        unrepeated: Counter[str] = Counter()
        willing = dict.fromkeys(range(1, len(self._exercise.mutants) + 1), valid)
        choosing = set(willing)
        for some in (self._every[:1], self._every[1:]):
            runs = {
                (number, schedule): Run(variant, schedule, tests)
                for number, variant in enumerate(self._exercise.mutants, start=1)
                for schedule in some
                if number not in kills
                and (number in choosing or schedule not in self._orders)
                and (tests := willing[number])
            }
            doubted |= self._execute_among_correct(runs.values())
            for (number, _), run in runs.items():
                hung = [name for name, outcome in run.outcomes.items() if outcome.ending == "hung"]
                willing[number] = tuple(name for name in willing[number] if name not in hung)
                if not any(run.outcomes[name].choices for name in willing[number]):
                    choosing.discard(number)
                hints.update(dict.fromkeys(hung, _HANGS_ON_A_MUTANT))
            killing = {key: run.killers for key, run in runs.items() if run.killers}
            everyone = set().union(*killing.values())
            few = some[0].kind == "fifo" and len(self._suite.tests) <= FEW
            for _ in range(1 if few else 2):
                again = {  # the same tests for all: what runs must not tell what is known
                    key: Run(
                        runs[key].variant, key[1], tuple(sorted(everyone & {*willing[key[0]]}))
                    )
                    for key in killing
                }
                doubted |= self._execute_among_correct(again.values())
                for key, run in again.items():
                    unrepeated.update(killing[key] - run.killers)
                    killing[key] &= run.killers
            doubted |= {name for name, times in unrepeated.items() if times > 1}
            for (number, _), killers in killing.items():
                if killers - doubted:
                    kills.setdefault(number, killers - doubted)
        return {number: kills[number] - doubted for number in kills}, hints, doubted

    def _execute_among_correct(self, runs: Iterable[Run]) -> set[str]:
        """Execute runs of mutants among some of correct implementations; who fails on these.

        These look like those: for each set of tests there is the reference, and an alternative.
        """
        runs = list(runs)
        correct = [self._exercise.reference, self._exercise.reference]
        if self._exercise.alternatives:
            correct[1] = self._random.choice(self._exercise.alternatives)
        decoys = [
            Run(variant, self._random.choice(runs).schedule, tests)
            for tests in dict.fromkeys(run.tests for run in runs)
            for variant in correct
        ]
        self._execute([*runs, *decoys])
        return {
            name
            for decoy in decoys
            for name, outcome in decoy.outcomes.items()
            if outcome.ending != "passed"
        }

    def _probe(self) -> tuple[ProbeReport, ...]:
        """Our tests on what the learner wrote: pairs of what must pass and what must fail."""
        pairs = []
        for probe in self._exercise.probes:
            correct = [
                Run(variant, schedule, (probe.name,), probe.source)
                for variant in self._correct
                for schedule in self._always
            ]
            broken = [  # a failure counts when it happens twice
                Run(probe.broken, self._every[0], (probe.name,), probe.source) for _ in range(2)
            ]
            pairs.append((probe, correct, broken))
        self._execute(run for _, correct, broken in pairs for run in (*correct, *broken))
        for _, correct, _ in pairs:
            correct += self._under_other_orders(correct)
        return tuple(judge_probe(*pair, self._exercise) for pair in pairs)

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


FEW = 10
"""So many tests are too few to kill by chance."""

_LINE = re.compile(r"^line (\d+): ")
_CHANGES_ITS_MIND = (
    "passes on a correct implementation and fails on the same one when it runs again, or fails on "
    "a mutant and then passes: let nothing depend on chance, on time or on other tests"
)
_HANGS_ON_A_MUTANT = (
    "waits for ever on a mutant, which is no kill: give the wait a deadline with asyncio.timeout"
)


@cache
def _disguise(exercise: Exercise) -> Disguise:
    return Disguise(exercise.variants)


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
