"""One verdict through every door: what the engine says of a suite, each way to it says, too.

The notebook, the terminal, `grader evaluate`, `grader check`, nbgrader's Validate and autograde,
and `grader grade`. (Stored panels of the solutions are replayed in kernels by nbval.)
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from helpers.classroom import Classroom
from helpers.course import ROOT
from helpers.course import suites as beside
from helpers.honest import Case, cases
from helpers.kernels import Kernel
from helpers.terminal import run

from grader.bank import exercises
from grader.course.notebooks import CODE_STUB
from grader.engine.evaluate import evaluate
from grader.engine.suite import clean, read_file
from grader.pages.panel import to_text
from grader.report import Report, to_json
from grader.sandbox.worker import Worker

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("client_loop")]

LEARNERS = ("solution", "naive", "overspecified")
TRIED = [case for case in cases("tried") if case.repeatable]
BESIDE = list(beside("naive").values())
FILES = [
    Case(path.stem, path.parent.name.replace("_", "-"), path.read_text(encoding="utf-8"))
    for path in (*BESIDE[::2], *(one.with_name("overspecified.py") for one in BESIDE[1::2]))
    if path.is_file()
]
"""One suite beside each exercise: the terminal takes seconds to start, other doors take both."""
LOCAL = {"valid": "passed", "wrong": "failed", "leaks": "failed", "skipped": "skipped"}
"""What pytest itself shows of a test, by its verdict; where both are possible, none stands here."""


@pytest.fixture(scope="module")
def judged(worker: Worker) -> Callable[[str, str], Report]:
    """The engine's own report on a suite, made once."""
    return cache(lambda name, suite: evaluate(suite, exercises()[name], worker))


def plain(report: Mapping[str, Any]) -> dict[str, Any]:
    """All that a report says of the suite, and nothing of the machine."""
    return {key: value for key, value in report.items() if key not in ("sandbox", "python")}


def local(output: str) -> dict[str, str]:
    """What pytest's own summary says of each test: its worst case."""
    found: dict[str, str] = {}
    severity = ("passed", "skipped", "failed")
    for word, name in re.findall(r"^(PASSED|FAILED|ERROR|SKIPPED) \S*?::(\S+)", output, re.M):
        kind = {"PASSED": "passed", "SKIPPED": "skipped"}.get(word, "failed")
        test = name.partition("[")[0]
        found[test] = max(found.get(test, "passed"), kind, key=severity.index)
    return found


def assert_alike(output: str, report: Report) -> None:
    """pytest's own words agree with the verdicts below them."""
    seen = local(output)
    for test in report.tests:
        if test.verdict in LOCAL and test.name in seen:
            assert seen[test.name] == LOCAL[test.verdict], (test, output)


@pytest.mark.parametrize("case", [*TRIED, *FILES], ids=str)
def test_terminal(case: Case, judged: Callable[..., Report], tmp_path: Path) -> None:
    """`pytest --mutants` shows the report below pytest's own output, which agrees with it."""
    path = tmp_path / "test_mine.py"
    case.write(path)
    report = judged(case.exercise, read_file(path))
    shown = run(tmp_path, "--mutants", case.exercise, "-rA", "--color=no", path.name)
    assert to_text(report, exercises()[case.exercise]) in shown.stdout
    assert "/grader/" not in shown.stdout
    assert_alike(shown.stdout, report)


@pytest.mark.parametrize("case", [*TRIED, *FILES], ids=str)
def test_notebook(case: Case, kernel: Kernel, judged: Callable[..., Report]) -> None:
    """The panel shows the report, under pytest's own output, which agrees with it."""
    if "coding" in case.suite[:40] or case.encoding == "utf-8-sig":
        case = Case(**{**vars(case), "suite": clean(case.suite)})  # a cell is text, not a file
    cell = f"%%ipytest --mutants {case.exercise} -rA\n{case.suite}"
    report = judged(case.exercise, cell)
    shown = kernel.run(cell, patience=120)
    assert shown.panel == to_text(report, exercises()[case.exercise])
    assert "Exception in thread" not in shown.stdout + shown.stderr
    assert "/grader/" not in shown.stdout
    assert_alike(shown.stdout, report)
    assert kernel.run(f'grader.score("{case.exercise}")').result == str(report.score)


def learners() -> dict[str, dict[str, str]]:
    """What each learner has written, by exercise; case-2 has the second case of each exercise."""
    found: dict[str, dict[str, str]] = {}
    for who in LEARNERS:
        texts = beside(who).items()
        found[who] = {name: path.read_text(encoding="utf-8") for name, path in texts}
    for case in TRIED:
        free = (n for n in range(1, 99) if case.exercise not in found.get(f"case-{n}", {}))
        found.setdefault(f"case-{next(free)}", {})[case.exercise] = clean(case.suite)
    return found


def handed_in(lesson: Path, suites: Mapping[str, str], *, others: str | None) -> dict[str, Any]:
    """A lesson's notebook with a learner's suites; without `others`, the solution elsewhere."""
    nb: dict[str, Any] = json.loads(lesson.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            text = suites.get(cell["id"], others)
            if text is not None:
                cell["source"] = f"%%ipytest --mutants {cell['id']}\n{text}"
    return nb


def answers(nb: Mapping[str, Any]) -> dict[str, str]:
    """The suites in a notebook."""
    return {
        cell["id"]: "".join(cell["source"])
        for cell in nb["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }


@pytest.fixture(scope="module")
def everything() -> list[tuple[str, Path, dict[str, Any]]]:
    """Each lesson as each learner hands it in."""
    found = []
    for lesson in sorted((ROOT / "solutions").glob("*/*.ipynb")):
        there = {name for name, one in exercises().items() if one.lesson == lesson.stem}
        for who, suites in learners().items():
            if who in LEARNERS or there & suites.keys():
                others = None if who in LEARNERS else CODE_STUB
                found.append((who, lesson, handed_in(lesson, suites, others=others)))
    return found


def test_check(everything: Any, judged: Callable[..., Report], tmp_path: Path) -> None:
    """`grader check` on whole notebooks."""
    wanted, paths = [], []
    for who, lesson, nb in everything:
        paths.append(tmp_path / who / lesson.name)
        paths[-1].parent.mkdir(exist_ok=True)
        paths[-1].write_text(json.dumps(nb), encoding="utf-8")
        wanted += [plain(to_json(judged(name, suite))) for name, suite in answers(nb).items()]
    main = "from grader.cli import main; main()"
    command = [sys.executable, "-c", main, "check", "--json", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    assert [{k: v for k, v in plain(one).items() if k != "notebook"} for one in found] == wanted


@pytest.mark.parametrize("part", range(1, 5))
@pytest.mark.parametrize("who", ["naive", "overspecified"])
def test_validate(
    part: int, who: str, everything: Any, judged: Callable[..., Report], tmp_path: Path
) -> None:
    """nbgrader's Validate, in a kernel: it names the cells that have not earned full marks."""
    mine = [one for one in everything if one[0] == who and one[1].parent.name[0] == str(part)]
    _, lesson, nb = mine[0 if who == "naive" else -1]
    path = tmp_path / lesson.name
    path.write_text(json.dumps(nb), encoding="utf-8")
    words = Classroom(tmp_path).run("nbgrader", "validate", path.name)
    short = {name for name, text in answers(nb).items() if not judged(name, text).full}
    assert set(re.findall(r'grader\.score\("(.+)"\)', words)) == short


def test_class(everything: Any, judged: Callable[..., Report], tmp_path: Path) -> None:
    """`grader grade` for a class of three, part by part, behind walls; then nbgrader's autograde.

    Autograde finds in the cache what was evaluated for the same text. (That it evaluates alike
    without one, `test_round_trip` shows.)
    """
    room = Classroom(tmp_path)
    (room.root / "lessons").mkdir()
    for path in (ROOT / "nbgrader_config.py", ROOT / "pyproject.toml"):
        (room.root / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (room.root / "solutions").symlink_to(ROOT / "solutions")
    for who, lesson, nb in everything:
        folder = room.root / "submitted" / who / lesson.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / lesson.name).write_text(json.dumps(nb), encoding="utf-8")
    parts = sorted({lesson.parent.name for _, lesson, _ in everything})
    for command in (("grader", "grade"), ("nbgrader", "autograde", "--force")):
        for part in parts:
            room.run(*command, part)
        for who, lesson, nb in everything:
            path = room.root / "autograded" / who / lesson.parent.name / lesson.name
            found = reports_in(path)
            path.unlink()
            texts = answers(nb).items()
            assert found == {name: plain(to_json(judged(name, text))) for name, text in texts}


def reports_in(path: Path) -> dict[str, dict[str, Any]]:
    """The reports in the score cells of a graded notebook, by exercise."""
    graded = json.loads(path.read_text(encoding="utf-8"))
    return {
        cell["id"].removesuffix("-score"): plain(cell["metadata"]["grader"]["report"])
        for cell in graded["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    }
