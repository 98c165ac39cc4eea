"""What a test or a probe is worth: its verdict, from the runs that it took part in."""

from collections.abc import Collection

from grader.engine.execution import Run
from grader.engine.records import Outcome, with_name_hint
from grader.exercise import Exercise, Probe, Variant
from grader.report import ProbeReport, TestReport, Verdict

FAILED = ("failed", "died")


def undecided(done: list[Run]) -> tuple[str, ...]:
    """The tests that did run to their end, to be run under other schedules, too."""
    return tuple(
        name
        for name in done[-1].tests
        if all(run.outcomes[name].ending not in ("hung", "skipped", "refused") for run in done)
    )


def had_a_choice(variant: Variant, done: list[Run], tests: Collection[str]) -> bool:
    """Whether a correct variant could have gone another way under another order of tasks.

    A test whose tasks had only one order ends the same under each schedule that shuffles them. One
    that has failed with any variant may be wrong, or flaky. The others go with it: a test may
    count on another.
    """
    seen = [(run, run.outcomes[name]) for run in done for name in tests]
    return any(o.ending in FAILED or (o.choices and run.variant is variant) for run, o in seen)


def judge(name: str, correct: list[Run], exercise: Exercise) -> TestReport:
    """Rule 1: valid is what passes on every correct implementation under every schedule."""
    seen = [(run, run.outcomes[name]) for run in correct if name in run.outcomes]
    reference = [(run, o) for run, o in seen if run.variant is exercise.reference]
    for run, outcome in seen:
        if outcome.ending == "refused":
            return TestReport(name, "refused", f"{_where(run, exercise)}{outcome.message}")
    for _, outcome in seen:
        if outcome.ending == "skipped":
            return TestReport(name, "skipped", "is skipped, and a test that does not run is none")
    for run, outcome in seen:
        if outcome.ending == "hung":
            return TestReport(name, "hangs", f"{_where(run, exercise)}{outcome.message}")
    red = [(run, o) for run, o in reference if o.ending in FAILED]
    if red:
        verdict: Verdict = "wrong" if len(red) == len(reference) else "flaky"
        return TestReport(name, verdict, _failure(*red[0], exercise, verdict))
    for alternative in exercise.alternatives:
        runs = [(run, o) for run, o in seen if run.variant is alternative]
        red = [(run, o) for run, o in runs if o.ending in FAILED]
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
            difference = run.variant.told_by(message)
            return f"a correct implementation that {difference} fails here: {message}"
        case "flaky":
            return f"passes under one schedule and fails under another ({run.schedule}): {message}"
    return message


def judge_probe(
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
