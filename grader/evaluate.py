"""A suite against every variant of an exercise's subject, under every schedule: a `Report`.

The only place that knows which variant is which. What it sends to the worker is text without a
label, and what comes back is only a list of what passed and what failed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from grader.exercise import SUITE, Exercise, Probe, Variant
from grader.inside.loops import Schedule, schedules
from grader.inside.settings import DEADLINES
from grader.report import MutantReport, ProbeReport, Report, TestReport, Verdict, score
from grader.suite import Rejected, Suite, Unreadable, read
from grader.transcript import Outcome, explain, read_answer, unfinished, with_name_hint
from grader.worker import Worker, WorkerLost


@dataclass
class Run:
    """One variant under one schedule, with some tests; filled by `_execute`.

    `probe` is the source of a test of ours that is put below the learner's.
    """

    variant: Variant
    schedule: Schedule
    tests: tuple[str, ...]
    probe: str = ""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    collected: tuple[str, ...] = ()
    broken: str | None = None
    rejected: str | None = None


def evaluate(
    text: str,
    exercise: Exercise,
    worker: Worker,
    progress: Callable[[str], None] = lambda what: None,
) -> Report:
    """Grade one suite, the text of a cell or a file. Never raises for what a learner wrote."""
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
        return _Evaluation(suite, exercise, worker, progress).report()
    except WorkerLost as error:
        return Report(exercise.id, "error", explain(str(error)), exercise.points)


class _Evaluation:
    """One suite on its way through the runs."""

    def __init__(
        self, suite: Suite, exercise: Exercise, worker: Worker, progress: Callable[[str], None]
    ) -> None:
        self._suite = suite
        self._exercise = exercise
        self._worker = worker
        self._progress = progress
        self._schedules = schedules(exercise.clock)

    def report(self) -> Report:
        exercise = self._exercise
        self._progress("checking the tests against correct implementations")
        first = Run(exercise.reference, self._schedules[0], self._suite.tests)
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
            for variant in (exercise.reference, *exercise.alternatives)
            for schedule in self._schedules
            if (variant, schedule) != (first.variant, first.schedule)
        ]
        self._execute(correct[1:])
        tests = [_judge(name, correct, exercise) for name in self._suite.tests]
        valid = tuple(test.name for test in tests if test.verdict == "valid")
        self._progress("looking for mutants that survive")
        kills, hints = self._hunt(valid)
        return self._graded(
            tuple(
                TestReport(
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

    def _hunt(self, valid: tuple[str, ...]) -> tuple[dict[int, set[str]], dict[str, str]]:
        """Which valid tests kill which mutant, and a hint for each test that hung on one.

        First-in-first-out first; the other schedules only for what survives. A kill counts when
        it happens twice.
        """
        kills: dict[int, set[str]] = {}
        hints: dict[str, str] = {}
        remaining = dict(enumerate(self._exercise.mutants, start=1))
        willing = dict.fromkeys(remaining, valid)
        for some in (self._schedules[:1], self._schedules[1:]):
            runs = {
                (number, schedule): Run(variant, schedule, willing[number])
                for number, variant in remaining.items()
                for schedule in some
                if willing[number]
            }
            self._execute(runs.values())
            again: dict[tuple[int, Schedule], Run] = {}
            for (number, schedule), run in runs.items():
                killers = tuple(name for name, outcome in run.outcomes.items() if outcome.kills)
                if killers:
                    again[number, schedule] = Run(run.variant, schedule, killers)
                hung = [name for name, outcome in run.outcomes.items() if outcome.ending == "hung"]
                willing[number] = tuple(name for name in willing[number] if name not in hung)
                hints.update(dict.fromkeys(hung, _HANGS_ON_A_MUTANT))
            self._execute(again.values())
            for (number, _), run in again.items():
                killers = tuple(name for name, outcome in run.outcomes.items() if outcome.kills)
                if killers and number in remaining:
                    kills[number] = set(killers)
                    del remaining[number]
        return kills, hints

    def _probe(self) -> tuple[ProbeReport, ...]:
        """Our tests on what the learner wrote: pairs of what must pass and what must fail."""
        pairs = []
        for probe in self._exercise.probes:
            correct = [
                Run(variant, schedule, (probe.name,), probe.source)
                for variant in (self._exercise.reference, *self._exercise.alternatives)
                for schedule in self._schedules
            ]
            broken = [  # a failure counts when it happens twice
                Run(probe.broken, self._schedules[0], (probe.name,), probe.source) for _ in range(2)
            ]
            pairs.append((probe, correct, broken))
        self._execute(run for _, correct, broken in pairs for run in (*correct, *broken))
        return tuple(_judge_probe(*pair, self._exercise) for pair in pairs)

    def _execute(self, runs: Iterable[Run]) -> None:
        """Fill the runs. A test that ends its process is noted, and the rest run without it."""
        waiting = [(run, set(run.tests)) for run in runs]
        while waiting:
            answers = self._worker.run(self._request(run, tests) for run, tests in waiting)
            again = []
            for (run, tests), answer in zip(waiting, answers, strict=True):
                transcript = read_answer(
                    answer,
                    sorted(tests),
                    self._deadline,
                    setup_kills=self._exercise.setup_kills,
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

    @property
    def _deadline(self) -> float:
        return DEADLINES[self._exercise.clock]

    def _request(self, run: Run, tests: set[str]) -> dict[str, Any]:
        sources = run.variant.sources.items()
        helpers = [source for target, source in sources if target.module == SUITE]
        below = [run.probe] if run.probe else helpers  # a probe looks at the learner's own helper
        return {
            "suite": "\n\n\n".join([self._suite.source, *below]),
            "tests": sorted(tests),
            "grafts": _grafts(run.variant),
            "schedule": vars(run.schedule),
            "clock": self._exercise.clock,
            "deadline": self._deadline,
            "limit": self._deadline * (len(tests) + 1),
        }


_HANGS_ON_A_MUTANT = (
    "waits for ever on a mutant, which is no kill: give the wait a deadline with asyncio.timeout"
)


def _made_at_run_time(collected: tuple[str, ...], written: tuple[str, ...]) -> str | None:
    """What pytest found, and the source does not show. Only what can be read can be judged."""
    others = [name for name in dict.fromkeys(collected) if name not in written]
    if not others:
        return None
    return f"`{others[0]}` does not count: write every test in the cell itself, with `def`."


def _clause(exercise: Exercise, variant: Variant) -> str:
    assert variant.clause is not None
    return exercise.contract[variant.clause - 1]


def _grafts(variant: Variant) -> list[dict[str, str]]:
    """The variant's sources for the application: one text for each class or module."""
    owners: dict[tuple[str, str], list[str]] = {}
    for target, source in variant.sources.items():
        if target.module == SUITE:
            continue
        owners.setdefault((target.module, target.owner), []).append(source)
    return [
        {"module": module, "owner": owner, "source": "\n\n".join(sources)}
        for (module, owner), sources in owners.items()
    ]


# ------------------------------------------------------------------ what it means


def _judge(name: str, correct: list[Run], exercise: Exercise) -> TestReport:
    """Rule 1: valid is what passes on every correct implementation under every schedule."""
    seen = [(run, run.outcomes[name]) for run in correct if name in run.outcomes]
    reference = [(run, o) for run, o in seen if run.variant is exercise.reference]
    for _, outcome in seen:
        if outcome.ending == "skipped":
            return TestReport(name, "skipped", "is skipped, and a test that does not run is none")
    for run, outcome in seen:
        if outcome.ending == "hung":
            return TestReport(name, "hangs", f"{_where(run, exercise)}{outcome.message}")
    red = [(run, o) for run, o in reference if o.ending in ("failed", "died")]
    if red:
        verdict: Verdict = "wrong" if len(red) == len(reference) else "flaky"
        return TestReport(name, verdict, _failure(*red[0], exercise, verdict))
    for alternative in exercise.alternatives:
        runs = [(run, o) for run, o in seen if run.variant is alternative]
        red = [(run, o) for run, o in runs if o.ending in ("failed", "died")]
        if red:
            verdict = "over-specified" if red[0] == runs[0] else "flaky"
            return TestReport(name, verdict, _failure(*red[0], exercise, verdict))
    for run, outcome in seen:
        if outcome.ending == "left":
            return TestReport(name, "leaks", f"{_where(run, exercise)}{outcome.message}")
    return TestReport(name, "valid")


def _where(run: Run, exercise: Exercise) -> str:
    """Nothing for the plainest run; else which run it was."""
    if run.variant is not exercise.reference:
        return f"with a correct implementation that {run.variant.sentence}: "
    return "" if run.schedule.kind == "fifo" else f"{run.schedule}: "


def _failure(run: Run, outcome: Outcome, exercise: Exercise, verdict: Verdict) -> str:
    message = with_name_hint(outcome.message or "fails")
    match verdict:
        case "over-specified":
            return f"a correct implementation that {run.variant.sentence} fails here: {message}"
        case "flaky":
            return f"passes under one schedule and fails under another ({run.schedule}): {message}"
    return message


def _judge_probe(
    probe: Probe, correct: list[Run], broken: list[Run], exercise: Exercise
) -> ProbeReport:
    """Rule 4: it passes with every correct variant, and fails with the broken one."""
    clause = exercise.contract[probe.clause - 1]
    for run in correct:
        outcome = run.outcomes[probe.name]
        if outcome.ending != "passed":
            why = with_name_hint(outcome.message or "it fails")
            return ProbeReport(probe.name, False, f"{clause} ({_where(run, exercise)}{why})")
    if any(run.outcomes[probe.name].ending != "failed" for run in broken):
        why = f"it does not notice that the application {probe.broken.sentence}"
        return ProbeReport(probe.name, False, f"{clause} ({why})")
    return ProbeReport(probe.name, True)
