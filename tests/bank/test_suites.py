"""Three suites beside each exercise: a naive one, an over-specified one, and the solution.

The naive one executes every line and misses half of the mutants; a page has the numbers.
Where learners write fixtures there are no mutants, and the naive ones fail half of the probes.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from helpers.course import ROOT, suite_of, suites
from helpers.samples import Grades

from grader.bank import exercises
from grader.course.lessons import lessons
from grader.course.notebooks import solution
from grader.exercise import Exercise
from grader.report import Report
from grader.sources import SUITE

START = "00-start-here"
WHOLE = {lesson.name for lesson in lessons(ROOT)} - {START}
EVERY = [exercise for exercise in exercises().values() if exercise.lesson in WHOLE]
CHOSEN = [exercise for exercise in EVERY if exercise.mutants]
PROBED = [exercise for exercise in EVERY if not exercise.mutants]

pytestmark = pytest.mark.slow
every_exercise = pytest.mark.parametrize("exercise", CHOSEN, ids=lambda exercise: exercise.id)
every_probed = pytest.mark.parametrize("exercise", PROBED, ids=lambda exercise: exercise.id)


@pytest.fixture(scope="module")
def reports(judged: Grades) -> Callable[[Exercise, str], Report]:
    """The report on a suite beside an exercise."""
    return lambda exercise, name: judged(exercise.id, suite_of(exercise.id, name))


@pytest.fixture(scope="module")
def coverages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, int, int, int]]:
    """Covered and all lines, taken and all branches, of the naive suites and the solutions."""
    folder = tmp_path_factory.mktemp("suites")
    found: dict[str, tuple[int, int, int, int]] = {}
    for clock in ("virtual", "real"):
        files, functions = {}, {}
        for exercise in (one for one in CHOSEN if one.clock == clock):
            targets = [t for t in exercise.reference.sources if t.module != SUITE]
            for name in ("naive", "solution"):
                suite = f"{name}_{exercise.id.replace('-', '_')}"
                files[suite] = suites("naive")[exercise.id]
                if name == "solution":
                    files[suite] = folder / f"{suite}.py"
                    files[suite].write_text(solution(ROOT, exercise.id), encoding="utf-8")
                functions[suite] = [
                    f"{t.module}:{f'{t.owner}.' if t.owner else ''}{t.name}" for t in targets
                ]
        if not files:
            continue
        order = {
            "clock": clock,
            "files": {suite: str(file) for suite, file in files.items()},
            "functions": functions,
        }
        script = str(ROOT / "tests" / "helpers" / "coverages.py")
        command = [sys.executable, script, json.dumps(order)]
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr
        found |= {name: tuple(row) for name, row in json.loads(done.stdout).items()}
    return found


def has_code_of_its_own(exercise: Exercise) -> bool:
    """Whether learners test a helper of their own, of which coverage knows nothing."""
    return any(target.module == SUITE for target in exercise.reference.sources)


def percent(part: int, whole: int) -> str:
    """Rounded down: 100 % means all of them."""
    return f"{100 * part // whole} %" if whole else "none"


@every_exercise
def test_naive_suite_executes_every_line_and_misses_half_of_the_mutants(
    exercise: Exercise, reports, coverages
) -> None:
    """All its tests are valid, and they kill at most every other mutant."""
    report = reports(exercise, "naive")
    assert report.status == "graded"
    assert {test.verdict for test in report.tests} == {"valid"}
    assert report.killed <= len(report.mutants) / 2
    if has_code_of_its_own(exercise):
        return
    lines, all_lines, *_ = coverages[f"naive_{exercise.id.replace('-', '_')}"]
    assert 0 < lines == all_lines


@every_exercise
def test_overspecified_suite_passes_on_the_reference_and_an_alternative_rejects_it(
    exercise: Exercise, reports
) -> None:
    """What it asserts is true of the code it was written beside, and of no contract."""
    verdicts = {test.verdict for test in reports(exercise, "overspecified").tests}
    assert "over-specified" in verdicts
    assert verdicts <= {"over-specified", "valid"}


@every_exercise
def test_no_mutant_dies_to_every_suite_that_anybody_would_write_first(
    exercise: Exercise, reports
) -> None:
    """The naive suite leaves some alive, and the solution leaves none."""
    naive, full = reports(exercise, "naive"), reports(exercise, "solution")
    assert full.killed == len(full.mutants) > naive.killed


@every_probed
def test_naive_fixtures_pass_at_most_half_of_the_probes(exercise: Exercise, reports) -> None:
    """And at least one, or they would not be what somebody writes first."""
    probes = reports(exercise, "naive").probes
    assert 0 < sum(probe.passed for probe in probes) <= len(probes) / 2


def test_the_page_has_these_numbers(reports, coverages) -> None:
    """Coverage beside mutation score, for each exercise: the argument for the course."""
    rows = []
    for exercise in CHOSEN:
        if has_code_of_its_own(exercise):
            continue
        name = exercise.id.replace("-", "_")
        cells = [exercise.title]
        for suite in ("naive", "solution"):
            lines, all_lines, taken, branches = coverages[f"{suite}_{name}"]
            report = reports(exercise, suite)
            cells += [percent(lines, all_lines), percent(taken, branches)]
            cells.append(f"{report.killed} of {len(report.mutants)}")
        rows.append(f"| {' | '.join(cells)} |")
    print("\n".join(rows))
    page = (ROOT / "lessons" / "why-not-coverage.py").read_text(encoding="utf-8")
    assert re.findall(r"^# (\| .*\d of \d+ \|)$", page, flags=re.MULTILINE) == rows
