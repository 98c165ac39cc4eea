"""Gives tests and probes their verdicts, from the runs that they took part in."""

from collections.abc import Sequence

from grader.engine.planner import Run, RunResult
from grader.engine.records import FAILED, Outcome, with_name_hint
from grader.exercise import Exercise, Probe
from grader.report import ProbeReport, TestReport, Verdict

Seen = tuple[Run, Outcome]
"""A run of a correct variant, and how one test ended in it."""


def judge(name: str, correct: Sequence[RunResult], exercise: Exercise) -> TestReport:
    """Rule 1: valid is what passes on every correct implementation under every schedule."""
    seen = [(one.run, one.outcomes[name]) for one in correct if name in one.outcomes]
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
        return TestReport(name, verdict, _failure(red[0], reference, exercise, verdict))
    for alternative in exercise.alternatives:
        runs = [(run, o) for run, o in seen if run.variant is alternative]
        red = [(run, o) for run, o in runs if o.ending in FAILED]
        if red:
            verdict = "over-specified" if red[0] == runs[0] else "flaky"
            return TestReport(name, verdict, _failure(red[0], runs, exercise, verdict))
    for run, outcome in seen:
        if outcome.ending == "left":
            return TestReport(name, "leaks", f"{_where(run, exercise)}{outcome.message}")
    return TestReport(name, "valid")


def _where(run: Run, exercise: Exercise) -> str:
    """The variant or schedule of a run, as a prefix; empty for the plainest run."""
    if run.variant is not exercise.reference:
        return f"with a correct implementation that {run.variant.sentence}: "
    return "" if run.schedule.kind == "fifo" else f"{run.schedule}: "


def _failure(failed: Seen, runs: Sequence[Seen], exercise: Exercise, verdict: Verdict) -> str:
    """The message on a run that failed; `runs` are all of the same variant."""
    run, outcome = failed
    message = with_name_hint(outcome.message or "fails")
    match verdict:
        case "over-specified":
            difference = run.variant.told_by(message)
            return f"a correct implementation that {difference} fails here: {message}"
        case "flaky" if any(
            other.schedule == run.schedule and ended.ending not in FAILED for other, ended in runs
        ):
            return (
                f"passes, and fails on the same one when it runs again ({run.schedule}): {message}"
            )
        case "flaky":
            return f"passes under one schedule and fails under another ({run.schedule}): {message}"
    return message


def judge_probe(
    probe: Probe, correct: Sequence[RunResult], broken: Sequence[RunResult], exercise: Exercise
) -> ProbeReport:
    """Rule 4: it passes with every correct variant, and fails with the broken one."""
    clause = exercise.contract[probe.clause - 1]
    for one in correct:
        outcome = one.outcomes[probe.name]
        if outcome.ending != "passed":
            why = with_name_hint(outcome.message or "it fails")
            return ProbeReport(probe.name, False, f"{clause} ({_where(one.run, exercise)}{why})")
    if any(one.outcomes[probe.name].ending != "failed" for one in broken):
        why = f"it does not notice that the application {probe.broken.sentence}"
        return ProbeReport(probe.name, False, f"{clause} ({why})")
    return ProbeReport(probe.name, True)
