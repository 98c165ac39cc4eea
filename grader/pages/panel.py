"""The panel under a cell, and the same as text for a terminal."""

from grader.exercise import Exercise
from grader.pages.render import templates, visible
from grader.pages.view import mutants, view
from grader.report import Report

EXPLANATION = "what-the-panel-says.ipynb"
"""The notebook, beside the start page, that says what a panel means."""


def to_text(report: Report, exercise: Exercise) -> str:
    """The report for a terminal, lines without colour."""
    shown = view(report, exercise)
    lines = [shown.headline]
    if report.tests:
        lines += ["", "Tests"]
    for test in report.tests:
        kills = f", kills {mutants(test.kills)}" if test.kills else ""
        lines.append(f"  {test.name}: {test.verdict}{kills}")
        if test.message:
            lines.append(f"      {test.message}")
    if shown.killed:
        lines += ["", "Killed"]
    for mutant in shown.killed:
        lines.append(f"  Mutant {mutant.number}. {mutant.description}")
        lines.append(f"      killed by {', '.join(mutant.tests)}")
        lines += [f"      {line}" for line in mutant.diff]
    if shown.survived:
        lines += ["", "Survived"]
    for survived in shown.survived:
        lines.append(f"  {survived.title}: {survived.clause}")
        lines.append(f"      {survived.finding}")
    if report.probes:
        lines += ["", "Probes of what you wrote"]
    for probe in report.probes:
        lines.append(f"  {probe.name}: {'passed' if probe.passed else 'failed'}")
        if probe.message:
            lines.append(f"      {probe.message}")
    if report.status == "graded":
        lines += ["", f"Python {report.python}, sandbox: {report.sandbox}"]
    text: str = visible("\n".join(lines))
    return text


def to_html(report: Report, exercise: Exercise, explained: str | None = None) -> str:
    """The report for a notebook: no scripts, readable in light and in dark themes.

    `explained` is where the page lies that says what all of it means.
    """
    page = templates().get_template("panel.html")
    return page.render(view=view(report, exercise), explained=explained)
