"""One verdict through every door: what the engine says of a suite, each way to it says, too.

The notebook, the terminal, `grader evaluate`, `grader check`, nbgrader's Validate and autograde,
and `grader grade`. (Stored panels of the solutions are replayed in kernels by nbval.)
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from helpers.classroom import Classroom
from helpers.course import ROOT
from helpers.course import suites as beside
from helpers.honest import Case, cases
from helpers.kernels import Kernel
from helpers.samples import Grades
from helpers.terminal import run

from grader.bank import exercises
from grader.course.notebooks import CODE_STUB
from grader.engine.suite import clean, read_file
from grader.pages.panel import to_text
from grader.report import Report, to_json

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("client_loop")]

MIXED = "mixed"
"""A learner with one of the suites beside each exercise, and the solution where there is none."""
TRIED = [case for case in cases("tried") if case.repeatable]
BESIDE = list(beside("naive").values())
FILES = [
    Case(path.stem, path.parent.name.replace("_", "-"), path.read_text(encoding="utf-8"))
    for path in (*BESIDE[::2], *(one.with_name("overspecified.py") for one in BESIDE[1::2]))
    if path.is_file()
]
"""One suite beside each exercise, naive or overspecified in turn."""
LOCAL = {"valid": "passed", "wrong": "failed", "leaks": "failed", "skipped": "skipped"}
"""What pytest itself shows of a test, by its verdict; where both are possible, none stands here."""


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


def below_a_magic(suite: bytes) -> bytes:
    """A file with its suite one line down, as in a cell: the same text for every door."""
    mark = b"\xef\xbb\xbf" if suite.startswith(b"\xef\xbb\xbf") else b""
    return mark + b"\n" + suite.removeprefix(mark)


@pytest.mark.parametrize("case", [*TRIED, *FILES], ids=str)
def test_terminal(case: Case, judged: Grades, tmp_path: Path) -> None:
    """`pytest --mutants` shows the report below pytest's own output, which agrees with it."""
    path = tmp_path / "test_mine.py"
    case.write(path)
    path.write_bytes(below_a_magic(path.read_bytes()))
    report = judged(case.exercise, read_file(path))
    shown = run(tmp_path, "--mutants", case.exercise, "-rA", "--color=no", path.name)
    assert to_text(report, exercises()[case.exercise]) in shown.stdout
    assert "/grader/" not in shown.stdout
    assert_alike(shown.stdout, report)


@pytest.mark.parametrize("case", [*TRIED, *FILES], ids=str)
def test_notebook(case: Case, kernel: Kernel, judged: Grades) -> None:
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
    found = {MIXED: {case.exercise: case.suite for case in FILES}}
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
            if who == MIXED or there & suites.keys():
                others = None if who == MIXED else CODE_STUB
                found.append((who, lesson, handed_in(lesson, suites, others=others)))
    return found


@pytest.fixture(scope="module")
def checked(
    everything: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], dict[str, Any]]:
    """What `grader check` says of whole notebooks, by exercise and suite."""
    suites: list[tuple[str, str]] = []
    paths = []
    folder = tmp_path_factory.mktemp("checked")
    for who, lesson, nb in everything:
        paths.append(folder / who / lesson.name)
        paths[-1].parent.mkdir(exist_ok=True)
        paths[-1].write_text(json.dumps(nb), encoding="utf-8")
        suites += answers(nb).items()
    main = "from grader.cli import main; main()"
    command = [sys.executable, "-c", main, "check", "--json", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [plain(one) for one in json.loads(done.stdout)]
    for one in found:
        del one["notebook"]
    return dict(zip(suites, found, strict=True))


def test_check(checked: Any, judged: Grades) -> None:
    """`grader check` says what the engine says."""
    tried = {(case.exercise, clean(f"%%ipytest\n{clean(case.suite)}")) for case in (*TRIED, *FILES)}
    compared = [one for one in checked if (one[0], clean(one[1])) in tried]
    assert len({(name, clean(suite)) for name, suite in compared}) == len(tried)
    for one in compared:
        assert checked[one] == plain(to_json(judged(*one)))


@pytest.mark.parametrize("part", range(1, 5))
@pytest.mark.parametrize("number", [0, -1])
def test_validate(part: int, number: int, everything: Any, checked: Any, tmp_path: Path) -> None:
    """nbgrader's Validate, in a kernel: it names the cells that have not earned full marks."""
    mine = [one for one in everything if one[0] == MIXED and one[1].parent.name[0] == str(part)]
    _, lesson, nb = mine[number]
    path = tmp_path / lesson.name
    path.write_text(json.dumps(nb), encoding="utf-8")
    words = Classroom(tmp_path).run("nbgrader", "validate", "--Execute.timeout=300", path.name)
    reports = [checked[answer] for answer in answers(nb).items()]
    short = {one["exercise"] for one in reports if one["score"] < one["points"]}
    assert set(re.findall(r'grader\.score\("(.+)"\)', words)) == short


def test_class(everything: Any, checked: Any, tmp_path: Path) -> None:
    """`grader grade` for a class, part by part, behind walls, says what `grader check` said.

    So does nbgrader's autograde, which finds in the cache what was evaluated for the same text.
    (That it evaluates alike without one, `test_round_trip` shows.)
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
            room.run(*command, part, codes=(0, 1))  # 1: an answer is rejected, or missing
        for who, lesson, nb in everything:
            path = room.root / "autograded" / who / lesson.parent.name / lesson.name
            found = reports_in(path)
            path.unlink()
            assert found == {answer[0]: checked[answer] for answer in answers(nb).items()}


def reports_in(path: Path) -> dict[str, dict[str, Any]]:
    """The reports in the score cells of a graded notebook, by exercise."""
    graded = json.loads(path.read_text(encoding="utf-8"))
    return {
        cell["id"].removesuffix("-score"): plain(cell["metadata"]["grader"]["report"])
        for cell in graded["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    }
