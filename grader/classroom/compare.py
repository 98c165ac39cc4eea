"""Whose grade a new version of the course would change, and why; only the cache is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.answers import graded_of
from grader.classroom.autograded import answered
from grader.classroom.cache import FOLDER, Cache
from grader.classroom.gradebook import Course
from grader.classroom.intake import Refusal, read_in
from grader.classroom.pool import Answered, Progress, WorkerPool, quietly
from grader.course.cells import originals
from grader.course.notebooks import release
from grader.errors import CourseError
from grader.report import Report
from grader.sandbox.launch import Choice


@dataclass(frozen=True)
class Change:
    """An answer that would be graded otherwise: the points before and after, and why."""

    learner: str
    exercise: str
    before: float
    after: float
    why: str


def compare(
    root: Path,
    part: str,
    *,
    jobs: int | None = None,
    sandbox: Choice = "on",
    progress: Progress = quietly,
) -> tuple[list[Change], int]:
    """What would change, and how many answers were looked at.

    Raises `CourseError` where nothing was graded before.
    """
    course = Course(root)
    released = {lesson: release(nb) for lesson, nb in course.notebooks(part).items()}
    asked = {lesson: answered(nb) for lesson, nb in released.items()}
    given = originals(lambda lesson: released[lesson].cells if lesson in released else None)
    wanted: list[tuple[str, Answered]] = []
    for one in read_in(course.submitted, part, released, given):
        if not isinstance(one, Refusal):
            wanted += [
                (one.learner, (name, answers[name].suite))
                for lesson, answers in one.answers.items()
                for name in asked[lesson]
                if name in answers and answers[name].problem is None
            ]
    with WorkerPool(sandbox, jobs=jobs) as pool:
        cache = Cache(root / FOLDER, pool.wall)
        suites = dict.fromkeys(suite for _, suite in wanted)
        reports = {suite: cache.get(*suite) for suite in suites}
        todo = [suite for suite, report in reports.items() if report is None]
        for suite, result in pool.grade_all(todo, progress):
            if result.trouble is None:
                cache.put(*suite, result.report)
            reports[suite] = result.report
    before = {learner: _before(root, learner, part) for learner, _ in wanted}
    if not any(before.values()):
        raise CourseError(f"nothing of {part} is graded yet: run `grader grade {part}`.")
    changes = list(_changes(wanted, before, reports))
    return changes, len(wanted)


def _before(root: Path, learner: str, part: str) -> dict[str, Report]:
    try:
        return {
            answer.exercise_id: answer.report
            for graded in graded_of(root, learner, part)
            for answer in graded.answers
            if answer.report is not None
        }
    except CourseError:
        return {}


def _changes(
    wanted: list[tuple[str, Answered]],
    before: Mapping[str, Mapping[str, Report]],
    reports: Mapping[Answered, Report | None],
) -> Iterator[Change]:
    for learner, suite in wanted:
        old, new = before[learner].get(suite[0]), reports[suite]
        if new is None or old is None:
            if new is not None:
                yield Change(learner, suite[0], 0.0, new.score, "It was not graded before.")
        elif why := _why(old, new):
            yield Change(learner, suite[0], old.score, new.score, why)


def _why(old: Report, new: Report) -> str:
    """What differs between two reports, in words; empty where nothing that counts does."""
    if (old.score, old.points, old.status) == (new.score, new.points, new.status):
        return ""
    found = []
    if old.status != new.status:
        found.append(f"it is {new.status}, and was {old.status}")
    if old.points != new.points:
        found.append(f"the exercise has {new.points:g} points, and had {old.points:g}")
    verdicts = {test.name: test.verdict for test in old.tests}
    found += [
        f"`{test.name}` is {test.verdict}, and was {verdicts[test.name]}"
        for test in new.tests
        if verdicts.get(test.name, test.verdict) != test.verdict
    ]
    if len(old.mutants) != len(new.mutants):
        found.append(f"there are {len(new.mutants)} mutants, and were {len(old.mutants)}")
    if (old.killed, len(old.mutants)) != (new.killed, len(new.mutants)):
        found.append(
            f"{new.killed} of {len(new.mutants)} mutants are killed, and were "
            f"{old.killed} of {len(old.mutants)}"
        )
    return f"{'; '.join(found) or 'the rules for points are others'}."
