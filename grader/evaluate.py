"""A suite against every variant of an exercise's subject, under every schedule: a `Report`.

The only place that knows which variant is which. What it sends to the worker is text without a
label, and what comes back is only a list of what passed and what failed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from grader.exercise import Exercise, Variant
from grader.inside.loops import Schedule, schedules
from grader.inside.settings import DEADLINES, MOST_CASES
from grader.report import MutantReport, Report, TestReport, Verdict, score
from grader.suite import Rejected, Suite, Unreadable, read
from grader.worker import Worker, WorkerLost

Ending = Literal["passed", "failed", "left", "skipped", "hung", "died"]
SEVERITY: tuple[Ending, ...] = ("passed", "left", "failed", "died", "hung", "skipped")


@dataclass(frozen=True)
class Outcome:
    """How one test ended in one run: the worst of its cases. `kills` when a case failed late."""

    ending: Ending
    message: str | None = None
    kills: bool = False


@dataclass
class Run:
    """One variant under one schedule, with some tests; filled by `_execute`."""

    variant: Variant
    schedule: Schedule
    tests: tuple[str, ...]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    broken: str | None = None
    """Why nothing could be collected."""
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
        return Report(exercise.id, "error", _explain(str(error)), exercise.points)
    except Rejected as error:
        return Report(exercise.id, "rejected", _explain(str(error)), exercise.points)
    if not suite.tests and not suite.attempted:
        reason = "Write your tests in the cell and run it."
        return Report(exercise.id, "not-attempted", reason, exercise.points)
    try:
        return _Evaluation(suite, exercise, worker, progress).report()
    except WorkerLost as error:
        return Report(exercise.id, "error", _explain(str(error)), exercise.points)


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
        if not self._suite.tests:
            reason = "No test found: the name of a test begins with `test_`."
            return self._graded((), {}, reason)
        self._progress("checking the tests against correct implementations")
        first = Run(exercise.reference, self._schedules[0], self._suite.tests)
        self._execute([first])
        if first.rejected is not None:
            return Report(exercise.id, "rejected", first.rejected, exercise.points)
        if first.broken is not None:
            return Report(exercise.id, "error", first.broken, exercise.points)
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
                    test.message or hints.get(test.name),
                    tuple(sorted(number for number in kills if test.name in kills[number])),
                )
                for test in tests
            ),
            kills,
        )

    def _graded(
        self, tests: tuple[TestReport, ...], kills: dict[int, set[str]], reason: str | None = None
    ) -> Report:
        exercise = self._exercise
        mutants = tuple(
            MutantReport(number, bool(kills.get(number)), _clause(exercise, variant))
            for number, variant in enumerate(exercise.mutants, start=1)
        )
        killed = sum(mutant.killed for mutant in mutants)
        invalid = sum(test.verdict != "valid" for test in tests)
        return Report(
            exercise.id,
            "graded",
            reason,
            exercise.points,
            score(exercise.points, killed, len(mutants), invalid),
            round(killed / len(mutants), 4),
            tests,
            mutants,
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
                if killers and number not in {found for found, _ in again}:
                    again[number, schedule] = Run(run.variant, schedule, killers)
                hung = [name for name, outcome in run.outcomes.items() if outcome.ending == "hung"]
                willing[number] = tuple(name for name in willing[number] if name not in hung)
                hints.update(dict.fromkeys(hung, _HANGS_ON_A_MUTANT))
            self._execute(again.values())
            for (number, _), run in again.items():
                kills[number] = {name for name, outcome in run.outcomes.items() if outcome.kills}
                if kills[number]:
                    del remaining[number]
        return kills, hints

    def _execute(self, runs: Iterable[Run]) -> None:
        """Fill the runs. A test that ends its process is noted, and the rest run without it."""
        waiting = [(run, set(run.tests)) for run in runs]
        while waiting:
            answers = self._worker.run(self._request(run, tests) for run, tests in waiting)
            unfinished = []
            for (run, tests), answer in zip(waiting, answers, strict=True):
                culprit = _read_answer(run, tests, answer, self._deadline)
                tests = tests - set(run.outcomes)
                if culprit is not None and tests:
                    unfinished.append((run, tests))
            waiting = unfinished

    @property
    def _deadline(self) -> float:
        return DEADLINES[self._exercise.clock]

    def _request(self, run: Run, tests: set[str]) -> dict[str, Any]:
        return {
            "suite": self._suite.source,
            "tests": sorted(tests),
            "grafts": _grafts(run.variant),
            "schedule": vars(run.schedule),
            "clock": self._exercise.clock,
            "deadline": self._deadline,
        }


_HANGS_ON_A_MUTANT = (
    "waits for ever on a mutant, which is no kill: give the wait a deadline with asyncio.timeout"
)


def _clause(exercise: Exercise, variant: Variant) -> str:
    assert variant.clause is not None
    return exercise.contract[variant.clause - 1]


def _grafts(variant: Variant) -> list[dict[str, str]]:
    """The variant's sources as the worker takes them: one text a class."""
    owners: dict[tuple[str, str], list[str]] = {}
    for target, source in variant.sources.items():
        owners.setdefault((target.module, target.owner), []).append(source)
    return [
        {"module": module, "owner": owner, "source": "\n\n".join(sources)}
        for (module, owner), sources in owners.items()
    ]


# ------------------------------------------------------------------ what the worker answered


@dataclass
class _Case:
    """What was recorded of one case of a test."""

    phases: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    ended: bool = False


def _read_answer(run: Run, tests: set[str], answer: dict[str, Any], deadline: float) -> str | None:
    """Note the outcomes in `run`; the name of the test that ended the process, if one did."""
    cases: dict[str, _Case] = {}
    collected: list[str] | None = None
    finished = False
    for record in answer["records"]:
        match record:
            case {"broken": str(why)}:
                run.broken = _explain(why)
            case {"cases": int(number), "collected": list(names)}:
                collected = names
                if number > MOST_CASES:
                    run.rejected = f"{number} cases: at most {MOST_CASES} count, use fewer."
            case {"start": str(name)}:
                cases[name] = _Case()
            case {"case": str(name), "phase": str(phase), "outcome": str(outcome)} if name in cases:
                cases[name].phases[phase] = (outcome, record["message"])
            case {"end": str(name), "left": list(left)} if name in cases:
                cases[name].left, cases[name].ended = left, True
            case {"finish": _}:
                finished = True
    if collected is None and run.broken is None:
        run.broken = (
            f"Importing the cell took longer than {deadline:g} s: look for a loop outside a test."
            if answer["hung"]
            else "The process ended while the cell was imported: look for an exit outside a test."
        )
    if run.broken is not None or run.rejected is not None:
        run.outcomes.update(dict.fromkeys(tests, Outcome("failed", run.broken or run.rejected)))
        return None
    culprit = None
    for name in tests:
        mine = [case for case in collected or () if case.partition("[")[0] == name]
        begun = [cases[case] for case in mine if case in cases]
        if any(not case.ended for case in begun):
            culprit = name
            run.outcomes[name] = _unfinished(answer["hung"], deadline)
        elif len(begun) == len(mine) and mine:
            run.outcomes[name] = _worst([_outcome(case) for case in begun])
        elif finished:
            message = "is not collected by pytest: does another test have its name?"
            run.outcomes[name] = Outcome("failed", message)
    if not finished and culprit is None:  # it died between two tests: blame whoever remains
        for name in tests - set(run.outcomes):
            run.outcomes[name] = _unfinished(answer["hung"], deadline)
    return culprit


def _unfinished(hung: bool, deadline: float) -> Outcome:
    if hung:
        return Outcome("hung", f"takes longer than {deadline:g} s")
    return Outcome("died", "ends the process it runs in")


def _outcome(case: _Case) -> Outcome:
    """Skipped before all, then hung, then failed in any phase, then left behind."""
    for ending in ("skipped", "hung", "failed"):
        for phase in ("setup", "call", "teardown"):
            outcome, message = case.phases.get(phase, ("missing", None))
            if outcome == ending:
                late = ending == "failed" and phase != "setup"
                return Outcome(ending, message, kills=late)
    if "call" not in case.phases or "teardown" not in case.phases:
        return Outcome("died", "ends before its time")
    if case.left:
        return Outcome("left", case.left[0])
    return Outcome("passed")


def _worst(cases: list[Outcome]) -> Outcome:
    """A test is as good as its worst case, and kills when one case does."""
    worst = max(cases, key=lambda outcome: SEVERITY.index(outcome.ending))
    return Outcome(worst.ending, worst.message, any(outcome.kills for outcome in cases))


def _explain(message: str) -> str:
    sentence = _with_name_hint(message.rstrip("."))
    return f"{sentence[:1].upper()}{sentence[1:]}."


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
    message = _with_name_hint(outcome.message or "fails")
    match verdict:
        case "over-specified":
            return f"a correct implementation that {run.variant.sentence} fails here: {message}"
        case "flaky":
            return f"passes under one schedule and fails under another ({run.schedule}): {message}"
    return message


def _with_name_hint(message: str) -> str:
    if "name '" in message and "is not defined" in message:
        return f"{message}; the cell must import or define everything that its tests use"
    return message
