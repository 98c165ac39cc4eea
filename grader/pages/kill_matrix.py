"""The kill matrix: which test kills which mutant, as a table in a notebook and as a page."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.errors import CourseError
from grader.exercise import Exercise
from grader.files import write
from grader.pages.render import render, templates, visible
from grader.pages.view import headline
from grader.report import Report

MARK = "<!-- A kill matrix, written by grader.kill_matrix -->"
"""What a page begins with that may be written again: it was written by us."""


@dataclass(frozen=True)
class Column:
    """A mutant: its number, the clause that it breaks, and the tests that kill it.

    Of the code of a mutant nothing is told here.
    """

    number: int
    clause_number: int
    clause: str
    killers: tuple[str, ...]


@dataclass(frozen=True)
class KillMatrix:
    """The tests of a report by its mutants. A notebook shows it, a terminal prints it."""

    report: Report
    exercise: Exercise

    @property
    def headline(self) -> str:
        """The result in one sentence."""
        return headline(self.report)

    @cached_property
    def columns(self) -> list[Column]:
        """The mutants, in the order of their numbers."""
        contract = self.exercise.contract
        found = []
        for mutant in self.report.mutants:
            killers = self.report.killers(mutant.number)
            place = contract.index(mutant.clause) + 1 if mutant.clause in contract else 0
            found.append(Column(mutant.number, place, mutant.clause, tuple(killers)))
        return found

    def __repr__(self) -> str:
        lines = [self.headline]
        if self.columns:
            lines += ["", *self._table(), "", "Mutants"]
        for one in self.columns:
            ending = f"killed by {', '.join(one.killers)}" if one.killers else "survives"
            lines.append(f"  {one.number}. clause {one.clause_number}: {ending}")
        if self.report.probes:
            lines += ["", "Probes"]
        for probe in self.report.probes:
            lines.append(f"  {probe.name}: {'passed' if probe.passed else 'failed'}")
        text: str = visible("\n".join(lines))
        return text

    def _table(self) -> list[str]:
        """A line for each test, `x` where it kills."""
        rows = [("test", "verdict", [str(one.number) for one in self.columns])]
        for test in self.report.tests:
            kills = ["x" if one.number in test.kills else "." for one in self.columns]
            rows.append((test.name, test.verdict, kills))
        counts = [str(len(one.killers)) for one in self.columns]
        rows.append(("tests that kill it", "", counts))
        name, verdict = (max(len(row[place]) for row in rows) for place in (0, 1))
        return [
            f"  {row[0]:{name}}  {row[1]:{verdict}}  {' '.join(f'{cell:>2}' for cell in row[2])}"
            for row in rows
        ]

    def _repr_html_(self) -> str:
        """No scripts, readable in light and in dark themes."""
        return templates().get_template("kill-matrix.html").render(matrix=self)

    def page(self) -> str:
        """A page that stands alone."""
        page = render("kill-matrix-page.html", matrix=self)
        return page.replace("<html", f"{MARK}\n<html", 1)

    def save(self, folder: Path) -> Path:
        """Write the page into a folder, and return its path.

        Raises `CourseError` where something lies there that was not written here.
        """
        path = folder / f"kill-matrix-{self.exercise.id}.html"
        if path.is_symlink() or (path.exists() and not _is_ours(path)):
            raise CourseError(
                f"{path.name} lies here already, and it is no kill matrix: move it away first."
            )
        try:
            write(path, self.page().encode())
        except OSError as error:
            raise CourseError(
                f"{path.name} cannot be written: {error.strerror or error}."
            ) from error
        return path


def _is_ours(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return MARK in file.read(1000)
    except OSError:  # a folder, or nobody may read it
        return False
