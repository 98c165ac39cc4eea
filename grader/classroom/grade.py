"""Grades what a class handed in for a part, and leaves it as nbgrader would.

Everything is done in an order that survives a kill at any moment: a suite's result goes to the
cache, then a learner's notebooks are written, then the gradebook in one transaction, then the
feedback. Whoever starts again finds what was done, and does the rest.
"""

import contextlib
import time
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from grader.classroom import handed_in
from grader.classroom.autograded import answered
from grader.classroom.cache import FOLDER, Cache
from grader.classroom.collect import Collected, Replace, collect
from grader.classroom.intake import Refusal, Submission, read_in
from grader.classroom.pool import Pool, Progress, WorkerPool, heeding, quietly
from grader.classroom.privately import Private, private_of
from grader.classroom.returned import changed_since
from grader.classroom.room import Room
from grader.classroom.roster import Roster, read_roster
from grader.classroom.summary import Row, Summary
from grader.course.cells import originals
from grader.course.notebooks import release
from grader.errors import CourseError
from grader.files import only_one, write
from grader.sandbox.launch import Choice

BLOCK = 1000
"""Submissions that are in memory at once. The workers are idle for a moment after each block."""


def grade(
    root: Path,
    part: str,
    *,
    jobs: int | None = None,
    origin: Path | None = None,
    replacing: Replace = "newer",
    sandbox: Choice = "on",
    cluster: str | None = None,
    bank: Path | None = None,
    private_weight: float | None = None,
    private_feedback: bool | None = None,
    progress: Progress = quietly,
) -> Summary:
    """Grade a part in the course at `root`; `origin` is an export that is sorted in before.

    `replacing` says what becomes of a notebook that differs from the one that is there; `cluster`
    is the address of a scheduler of dask. Raises `CourseError` where nothing can be graded: no
    wall, no such part, a solution that does not score full marks, a second `grade` at the same
    time, a locked gradebook, no worker in the cluster.
    """
    begun = time.monotonic()
    from grader.classroom.gradebook import Book, Course

    course = Course(root)
    options = (bank, private_weight, private_feedback)
    private = private_of(root, course.config.get("GradeSuites", {}), *options)
    with alone(root), _pool(sandbox, jobs, cluster, private) as pool:
        sources = course.notebooks(part)
        asked = {lesson: answered(nb) for lesson, nb in sources.items()}
        released = {lesson: release(nb) for lesson, nb in sources.items()}
        given = originals(lambda lesson: released[lesson].cells if lesson in released else None)
        roster = read_roster(root)
        taken = Collected()
        if origin is not None:
            taken = collect(
                origin, course.submitted, part, asked, replacing=replacing, roster=roster
            )
        reasons = {refusal.learner: refusal for refusal in taken.refusals}
        for learner, why in handed_in.refused(root, part).items():
            if not (course.submitted / learner / part).exists():
                reasons.setdefault(learner, Refusal(learner, why))
        found = heeding(read_in(course.submitted, part, sources, given), pool)
        coming = _coming(found, course.excluded, reasons)
        block = list(islice(coming, BLOCK))
        if not block and all(one.ignored for one in reasons.values()):
            raise CourseError(f"{course.submitted} holds nothing for {part}: collect it first.")
        cache = Cache(root / FOLDER, pool.wall)
        rows: list[Row] = []
        with Book(course, part, released) as book, pool.interruptible():
            book.enroll(roster)
            room = Room(course, part, sources, released, cache, book, pool, private)
            while block:
                rows += room.grade(block, progress)
                block = list(islice(coming, BLOCK))
        rows += [
            Row(one.learner, "ignored" if one.ignored else "refused", reason=one.reason)
            for one in reasons.values()
        ]
        here = {row.learner for row in rows}
        rows += [
            Row(person.id, "ignored", reason=f"Nothing was handed in for {part}.")
            for person in roster
            if person.id not in here
        ]
        rows = [_named(row, roster) for row in rows]
        ordered = tuple(sorted(rows, key=lambda row: row.learner))
        seconds = round(time.monotonic() - begun, 2)
        about = (*_late(ordered), *_strangers(ordered, roster), *_told_before(root, part, ordered))
        remarks = (*taken.remarks, *about, *_bank(root, part, private), *pool.remarks())
        return Summary(part, ordered, seconds, pool.wall, remarks)


def _coming(
    found: Iterable[Submission | Refusal],
    excluded: Container[str],
    reasons: dict[str, Refusal],
) -> Iterator[Submission]:
    """The submissions to grade; the reasons why others are not go to `reasons`."""
    for one in found:
        if one.learner in excluded:
            reason = "nbgrader's configuration excludes this learner."
            reasons[one.learner] = Refusal(one.learner, reason, ignored=True)
        elif one.learner in reasons:
            continue  # what came last was refused, and says why
        elif isinstance(one, Refusal):
            reasons[one.learner] = one
        else:
            yield one


def _late(rows: Iterable[Row]) -> list[str]:
    """A sentence on those who lose points for being late."""
    late = [f"{row.learner} (\N{MINUS SIGN}{row.penalty:g})" for row in rows if row.penalty]
    return [f"Late, and less for it: {', '.join(late)}."] if late else []


def _strangers(rows: Iterable[Row], roster: Roster) -> list[str]:
    """A sentence on those whom the roster does not have; none without a roster."""
    names = [row.learner for row in rows if len(roster) and row.learner not in roster.people]
    return [f"Not in roster.csv: {', '.join(names)}."] if names else []


def _bank(root: Path, part: str, private: Private | None) -> list[str]:
    """A sentence where a part was graded with another private bank before, or none; remembered."""
    path = root / handed_in.FOLDER / f"{part}.bank"
    now = "" if private is None else f"{private.bank.folder} with a share of {private.weight:g}"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if now or before:
        write(path, now.encode())
    if not before or before == now:
        return []
    what = f"with {now}" if now else "without"
    return [
        f"Graded before with the private bank {before}, and now {what}: "
        "write it into nbgrader_config.py, so that it stays."
    ]


def _told_before(root: Path, part: str, rows: Iterable[Row]) -> list[str]:
    """A sentence on those whose score is another one than the one that was given back."""
    changed = changed_since(root, part, {row.learner: row.score for row in rows})
    return [f"Given back with another score: {', '.join(changed)}."] if changed else []


def _named(row: Row, roster: Roster) -> Row:
    """The row, with what the roster says of the learner."""
    name, section = roster.name_of(row.learner), roster.section_of(row.learner)
    return replace(row, name=name or None, section=section or None) if name or section else row


def _pool(sandbox: Choice, jobs: int | None, cluster: str | None, private: Private | None) -> Pool:
    """Who grades: threads here, or the workers of a cluster."""
    if cluster is None:
        more = {} if private is None else private.bank.by_key
        return WorkerPool(sandbox, jobs=jobs, more=more)
    if private is not None:
        raise CourseError("a private bank stays on this machine: grade without --cluster.")
    try:
        from grader.classroom.cluster import Cluster  # dask is there only for those who want it
    except ModuleNotFoundError as error:
        raise CourseError(
            f"--cluster needs {error.name}, which is not installed: "
            "`pip install 'async-testing-patterns[cluster]'`."
        ) from None
    return Cluster(cluster, sandbox, jobs)


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """One `grader grade` at a time in a course; the lock ends with the process."""
    folder = root / FOLDER.parts[0]
    folder.mkdir(exist_ok=True)
    with only_one("grader grade", folder):
        yield
