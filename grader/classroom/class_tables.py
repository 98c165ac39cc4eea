"""The numbers of the instructor's page, as JSON and as CSV."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from grader.classroom import spreadsheet
from grader.classroom.class_report import ClassReport
from grader.classroom.exercise_result import VERDICTS, Share


def to_json(report: ClassReport) -> dict[str, Any]:
    """All numbers of the page, for other programs."""
    return {
        "part": report.part,
        "points": report.points,
        "mean": report.mean,
        "median": report.median,
        "learners": [
            {"learner": learner, "score": total} for learner, total in report.totals.items()
        ],
        "left_out": [
            {"learner": learner, "reason": why} for learner, why in report.left_out.items()
        ],
        "answers": list(_answer_rows(report)),
        "summary": list(_summary_rows(report)),
    }


def to_csv(report: ClassReport) -> str:
    """A row for each learner and exercise."""
    return _csv(_answer_rows(report))


def to_summary_csv(report: ClassReport) -> str:
    """A row for each other number of the page, with its label and its total."""
    return _csv(_summary_rows(report))


def _answer_rows(report: ClassReport) -> Iterator[dict[str, Any]]:
    for learner, entries in report.entries.items():
        for name, entry in entries.items():
            answer, found = entry.answer, entry.answer.report
            counts = Counter(test.verdict for test in found.tests) if found else Counter()
            yield {
                "learner": learner,
                "exercise": name,
                "status": answer.status,
                "score": entry.score,
                "points": answer.points,
                **{f"tests_{verdict.replace('-', '_')}": counts[verdict] for verdict in VERDICTS},
                "killed": found.killed if found else 0,
                "mutants": len(found.mutants) if found else 0,
                "probes_passed": sum(probe.passed for probe in found.probes) if found else 0,
                "probes": len(found.probes) if found else 0,
                "equals_solution": entry.equals_solution,
                "group": entry.group,
                "reason": found.reason if found else answer.refused,
            }
    for learner, why in report.left_out.items():
        yield {"learner": learner, "status": "left-out", "reason": why}
    for learner in report.absent:
        yield {"learner": learner, "status": "absent", "reason": "Nothing was handed in."}


def _summary_rows(report: ClassReport) -> Iterator[dict[str, Any]]:
    learners, points = len(report.totals), report.points
    everybody = learners + len(report.left_out)
    shares = [Share("learners", "graded", learners, everybody), *report.histogram]
    yield from _figures("", points, report.mean, report.median)
    yield from (_row("", share) for share in shares)
    for one in report.exercises:
        if one.scores:
            yield from _figures(one.id, one.points, one.mean, one.median)
        mutants = (one.mutants, one.private, one.clauses)
        kinds = (one.statuses, one.verdicts, *mutants, one.probes, one.messages)
        yield from (_row(one.id, share) for shares in kinds for share in shares)


def _figures(exercise: str, points: float, mean: float, median: float) -> Iterator[dict[str, Any]]:
    for name, value in (("mean", mean), ("median", median)):
        share = value / points if points else 0.0
        yield {
            "exercise": exercise,
            "kind": "score",
            "number": None,
            "text": name,
            "value": round(value, 4),
            "of": points,
            "share": round(share, 4),
        }


def _row(exercise: str, share: Share) -> dict[str, Any]:
    return {
        "exercise": exercise,
        "kind": share.kind,
        "number": share.number,
        "text": share.text,
        "value": share.count,
        "of": share.of,
        "share": round(share.share, 4),
    }


def _csv(rows: Iterable[Mapping[str, Any]]) -> str:
    table = list(rows)
    return spreadsheet.to_csv([*max(table, key=len)], table)
