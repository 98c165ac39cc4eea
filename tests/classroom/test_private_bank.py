"""Mutants that no learner has seen: what they count, who is told, and how they are proven."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.command import Grader
from helpers.course import ROOT
from helpers.outline import words
from helpers.small_class import LESSON, PART, WEAK, SmallClass, answer, solved

from grader.bank import exercises
from grader.classroom.class_report import class_report, to_page
from grader.classroom.grade import grade
from grader.classroom.gradebook import Course
from grader.classroom.privately import combined, private_of
from grader.classroom.summary import Row
from grader.course.notebooks import solution
from grader.course.private import PrivateBank, private_problems, skeleton
from grader.errors import CourseError
from grader.report import Report
from grader.sandbox.worker import Worker

BANK = '''"""Private mutants of the first exercise."""

import asyncio

from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator, _are_we_cancelled
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import TaskResult


@EXERCISE.mutant(clause=1)
class OutputIsTheId(TaskOrchestrator):
    """Answers with the task's id in the place of its output."""

    async def execute_task(self, task_id: str) -> TaskResult:
        try:
            await self._run(task_id)
        except asyncio.CancelledError:
            if _are_we_cancelled():
                raise
            return TaskResult(success=False, task_id=task_id, error="cancelled")
        except Exception as error:
            return TaskResult(success=False, task_id=task_id, error=reason(error))
        return TaskResult(success=True, task_id=task_id, output=task_id)
'''


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("private")
    (folder / "first_test.py").write_text(BANK)
    return folder


@pytest.fixture
def room(tmp_path: Path) -> SmallClass:
    room = SmallClass(tmp_path / "course")
    room.hand_in("ada", solved())
    room.hand_in("cleo", answer(WEAK))
    return room


@pytest.fixture
def graded(room: SmallClass, bank: Path) -> Callable[..., dict[str, Row]]:
    def run(**how: object) -> dict[str, Row]:
        found = grade(room.root, PART, sandbox="off", bank=bank, **how)  # type: ignore[arg-type]
        return {row.learner: row for row in found.rows}

    return run


def private_reports(room: SmallClass, learner: str) -> list[dict[str, object]]:
    path = room.root / "autograded" / learner / PART / f"{LESSON}.ipynb"
    nb = json.loads(path.read_text())
    about = [cell["metadata"].get("grader", {}) for cell in nb["cells"]]
    return [one["private"] for one in about if "private" in one]


# ------------------------------------------------------------------ the mark


@pytest.mark.slow
def test_the_mark_is_the_public_one(
    room: SmallClass, graded: Callable[..., dict[str, Row]], bank: Path
) -> None:
    """Through every door; the private figures are kept, and nobody is told."""
    with_bank = {name: row.score for name, row in graded().items()}
    (stored,) = private_reports(room, "ada")
    assert stored["weight"] == 0.0
    for learner in ("ada", "cleo"):
        page = (room.root / "feedback" / learner / PART / "index.html").read_text()
        assert "nobody has seen" not in page
    without = grade(room.root, PART, sandbox="off")
    assert {row.learner: row.score for row in without.rows} == with_bank
    assert private_reports(room, "ada") == []


@pytest.mark.slow
def test_a_share_of_the_mark(room: SmallClass, graded: Callable[..., dict[str, Row]]) -> None:
    """As the instructor says; the learner is told that, and how much only when they may be."""
    public = {name: row.score for name, row in graded().items()}
    rows = graded(private_weight=0.5, private_feedback=True)
    assert rows["ada"].score == 2.0
    (stored,) = private_reports(room, "cleo")
    report = stored["report"]
    assert isinstance(report, dict)
    weak = public["cleo"]
    assert weak is not None
    assert rows["cleo"].score == round((weak + report["score"]) / 2, 2)
    page = words((room.root / "feedback" / "cleo" / PART / "index.html").read_text())
    assert "50 % of these points are for mutants that nobody has seen before: " in page
    assert "Your instructor gave" not in page
    graded(private_weight=0.5)
    page = words((room.root / "feedback" / "cleo" / PART / "index.html").read_text())
    assert "for mutants that nobody has seen before." in page


@pytest.mark.slow
def test_nbgrader_grades_alike(room: SmallClass, bank: Path, tmp_path: Path) -> None:
    """The settings are nbgrader's, so its own command leaves the same notebooks."""
    room.configure(f"c.GradeSuites.bank = {str(bank)!r}")
    room.configure("c.GradeSuites.private_weight = 0.25")
    room.configure("c.GradeSuites.sandbox = 'off'")
    other = SmallClass(tmp_path / "other")
    shutil.copytree(room.root, other.root, dirs_exist_ok=True)
    grade(room.root, PART, sandbox="off")
    for command in ("generate_assignment", "autograde"):
        result = other.run(command, PART, command=["nbgrader"])
        assert result.returncode == 0, result.stderr
    mine = {name: raw for name, raw in room.files().items() if name.startswith("autograded")}
    assert other.files() == mine
    assert other.gradebook() == room.gradebook()


@pytest.mark.slow
def test_the_report_has_both_figures_apart(
    room: SmallClass, graded: Callable[..., dict[str, Row]]
) -> None:
    graded()
    (one, *_) = class_report(room.root, PART).exercises
    assert one.private_share is not None
    assert [share.of for share in one.private] == [2] * len(one.private)
    said = words(to_page(class_report(room.root, PART)))
    assert "of the public mutants," in said
    assert "Private mutants" in said


@pytest.mark.slow
def test_a_private_solution_calibrates(room: SmallClass, bank: Path, tmp_path: Path) -> None:
    """Where it does not kill every private mutant, nobody is graded."""
    other = tmp_path / "bank"
    shutil.copytree(bank, other)
    (other / "solutions").mkdir()
    (other / "solutions" / "first_test.py").write_text("async def test_a():\n    assert True\n")
    with pytest.raises(CourseError, match=r"first-test scores 0 of 2 .* --bank"):
        grade(room.root, PART, sandbox="off", bank=other)
    assert not (room.root / "autograded").exists()


def test_not_with_a_cluster(room: SmallClass, bank: Path) -> None:
    """A private bank is sent to no other machine."""
    with pytest.raises(CourseError, match="stays on this machine"):
        grade(room.root, PART, bank=bank, cluster="tcp://nowhere:1")


@pytest.mark.parametrize(
    ("public", "private", "weight", "points"),
    [(4.0, 2.0, 0.0, 4.0), (4.0, 2.0, 1.0, 2.0), (4.0, 2.0, 0.25, 3.5), (1.0, 2.0, 1 / 3, 1.33)],
)
def test_combined(public: float, private: float, weight: float, points: float) -> None:
    report = Report("retry", "graded", None, 5, private)
    assert combined(public, report, weight) == points
    assert combined(public, None, weight) == public


# ------------------------------------------------------------------ settings and files


def test_settings(tmp_path: Path, bank: Path) -> None:
    """Options go first; a share needs a bank, and is a share."""
    assert private_of(tmp_path, {}) is None
    found = private_of(tmp_path, {"bank": str(bank), "private_weight": 0.5})
    assert found is not None
    assert (found.weight, found.told) == (0.5, False)
    found = private_of(tmp_path, {"private_weight": 0.5}, bank, 0.25, told=True)
    assert found is not None
    assert (found.weight, found.told) == (0.25, True)
    with pytest.raises(CourseError, match="needs a private bank"):
        private_of(tmp_path, {}, weight=0.5)
    with pytest.raises(CourseError, match="is no share"):
        private_of(tmp_path, {"private_weight": 2}, bank)
    relative = private_of(bank.parent, {"bank": bank.name})
    assert relative is not None


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("nothing_of_ours.py", "", "is no exercise's"),
        ("first_test.py", "x =", "does not run"),
        ("first_test.py", "raise KeyError", "does not run"),
        ("first_test.py", "", "declares no mutant"),
        ("first_test.py", "@EXERCISE.mutant(clause=1)\nclass A:\n    pass\n", "does not run"),
        ("README.md", "", "holds no private bank"),
    ],
)
def test_a_folder_that_is_none(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    """One sentence, with the file."""
    (tmp_path / name).write_text(text)
    with pytest.raises(CourseError, match=sentence):
        PrivateBank(tmp_path).exercises  # noqa: B018


def test_the_course_s_bank_stays_as_it_is(bank: Path) -> None:
    before = [variant.name for variant in exercises()["first-test"].variants]
    private = PrivateBank(bank)
    assert len(private.exercises["first-test"].mutants) == 1
    assert [variant.name for variant in exercises()["first-test"].variants] == before


def test_a_changed_file_is_another_bank(bank: Path, tmp_path: Path) -> None:
    """So that nothing old is found in the cache."""
    (tmp_path / "first_test.py").write_text(BANK + "\n")
    assert PrivateBank(tmp_path).keys != PrivateBank(bank).keys


# ------------------------------------------------------------------ for its author


@pytest.mark.parametrize("name", exercises())
def test_a_skeleton_runs(name: str, tmp_path: Path) -> None:
    """As it is written; the contract stands in it, and every original."""
    exercise = exercises()[name]
    text = skeleton(name)
    (tmp_path / f"{name.replace('-', '_')}.py").write_text(text)
    assert exercise.contract[0] in text
    assert PrivateBank(tmp_path).exercises[name].mutants


def test_a_skeleton_is_no_mutant_yet(tmp_path: Path, worker: Worker) -> None:
    """The proof says so."""
    (tmp_path / "first_test.py").write_text(skeleton("first-test"))
    found = list(
        private_problems(PrivateBank(tmp_path), "first-test", solution(ROOT, "first-test"), worker)
    )
    assert "BugInTaskOrchestrator is the reference" in found


def test_commands(grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`new mutant` begins a file and keeps one that is there; `verify --bank` proves it."""
    monkeypatch.chdir(ROOT)
    bank = tmp_path / "bank"
    code, output, errors = grader("new", "mutant", "first-test", "--bank", str(bank))
    assert (code, errors) == (0, "")
    assert "grader verify --bank" in output
    assert "is there already" in grader.refusal("new", "mutant", "first-test", "--bank", str(bank))
    code, output, errors = grader("verify", "--bank", str(bank))
    assert (code, errors) == (2, f"grader: 2 things to mend in {bank}.\n")
    assert "first-test: NOT proven" in output
    (bank / "first_test.py").write_text(BANK)
    code, output, errors = grader("verify", "--bank", str(bank))
    assert (code, errors) == (0, "")
    assert "first-test: proven" in output


def test_course_s_settings_are_read(room: SmallClass, bank: Path) -> None:
    room.configure(f"c.GradeSuites.bank = {str(bank)!r}")
    settings = Course(room.root).config.get("GradeSuites", {})
    assert private_of(room.root, settings) is not None
