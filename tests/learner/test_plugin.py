"""`pytest --mutants ID FILE` in a terminal, and what the plugin costs everybody else."""

from pathlib import Path

import pytest
from helpers.course import suite_of
from helpers.terminal import run

from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.pages.panel import to_text
from grader.sandbox.worker import Worker

SOLUTION = suite_of("distinct-ids")
MIXED = SOLUTION.partition("async def test_one_failure")[0] + "def test_wrong():\n    assert 0\n"


def suite(folder: Path, text: str = SOLUTION) -> Path:
    """A file with tests."""
    path = folder / "test_mine.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_same_report_as_the_panel(tmp_path: Path, worker: Worker) -> None:
    """Below pytest's own output stands what the notebook's panel shows."""
    suite(tmp_path, MIXED)
    result = run(tmp_path, "--mutants", "distinct-ids", "test_mine.py")
    exercise = exercises()["distinct-ids"]
    report = evaluate(MIXED, exercise, worker)
    assert {test.verdict for test in report.tests} == {"valid", "wrong"}
    assert result.stdout.endswith(f"\n{to_text(report, exercise)}\n{last_line(result.stdout)}\n")
    assert result.stderr == ""


def last_line(text: str) -> str:
    """pytest's own: how many passed, and in what time."""
    return text.splitlines()[-1]


def test_folder_with_settings_of_its_own(tmp_path: Path) -> None:
    """A foreign pyproject.toml and conftest.py neither stop the tests nor change the report."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\nasyncio_mode = "strict"\naddopts = "--no-header"\n'
        'filterwarnings = ["ignore"]\n'
    )
    (tmp_path / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture(autouse=True)\ndef foreign():\n    yield 'foreign'\n"
    )
    suite(tmp_path)
    result = run(tmp_path, "--mutants", "distinct-ids", "test_mine.py")
    assert "distinct-ids: 5 of 5 points, 14 of 14 mutants killed." in result.stdout
    assert "8 passed" in result.stdout
    assert result.returncode == 0


def test_selected_tests(tmp_path: Path) -> None:
    """-k and -q choose what runs and what is printed; graded is the whole file. The exit code is
    pytest's own."""
    suite(tmp_path)
    result = run(tmp_path, "--mutants", "distinct-ids", "-q", "-k", "distinct", "test_mine.py")
    assert "3 passed, 5 deselected" in result.stdout
    assert "distinct-ids: 5 of 5 points, 14 of 14 mutants killed." in result.stdout
    assert result.returncode == 0


def test_stop_at_the_first_failure(tmp_path: Path) -> None:
    """With -x pytest stops early, and the whole file is graded all the same. The exit code is
    pytest's own, whatever is killed."""
    suite(tmp_path, "def test_wrong():\n    assert 0\n\n" + SOLUTION)
    result = run(tmp_path, "--mutants", "distinct-ids", "-x", "test_mine.py")
    assert "1 failed" in result.stdout
    assert "8 passed" not in result.stdout
    assert "14 of 14 mutants killed, 1 of 7 tests set aside: 10 % less." in result.stdout
    assert result.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["distinct-id", "test_mine.py"], "no exercise distinct-id; did you mean distinct-ids?"),
        (["nothing-near", "test_mine.py"], "no exercise nothing-near; `grader exercises` lists"),
        (["distinct-ids"], "--mutants grades one file: pytest --mutants ID FILE"),
        (["distinct-ids", "test_mine.py", "test_other.py"], "--mutants grades one file"),
        (["distinct-ids", "."], "--mutants grades one file"),
        (["distinct-ids", "test_missing.py"], "and there is no test_missing.py"),
    ],
    ids=["near", "unknown", "no-file", "two-files", "folder", "missing"],
)
def test_usage(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    """What cannot be graded is refused with one sentence that says what to type."""
    suite(tmp_path)
    suite(tmp_path).with_name("test_other.py").write_text(SOLUTION)
    result = run(tmp_path, "--mutants", *arguments)
    (line,) = [line for line in result.stderr.splitlines() if line.strip()]
    assert line.startswith("ERROR: ")
    assert sentence in line
    assert result.returncode == pytest.ExitCode.USAGE_ERROR


def test_file_that_is_no_python(tmp_path: Path) -> None:
    """A file that cannot be read as Python is reported, by pytest and by us."""
    suite(tmp_path, "def test_a(:\n")
    result = run(tmp_path, "--mutants", "distinct-ids", "test_mine.py")
    assert "distinct-ids: nothing could be run, 0 of 5 points. Line 1" in result.stdout
    assert result.returncode == pytest.ExitCode.INTERRUPTED


def test_deadline(tmp_path: Path) -> None:
    """In a terminal too, a test that waits for ever ends, and the next one runs."""
    suite(
        tmp_path,
        "import asyncio\n\nasync def test_a():\n    await asyncio.Event().wait()\n\n"
        "def test_b():\n    assert 1 == 2\n",
    )
    result = run(tmp_path, "--mutants", "distinct-ids", "test_mine.py")
    assert (
        "hangs: waits for something that does not come: give the wait a deadline (5 s"
        in result.stdout
    )
    assert "2 failed" in result.stdout
    assert "test_a: hangs" in result.stdout
    assert result.returncode == 1


WITNESS = """
import sys

def test_modules():
    loaded = {name.partition(".")[0] for name in sys.modules}
    assert "vespera_scriptorium" not in loaded
    assert "sqlalchemy" not in loaded
    ours = {name for name in sys.modules if name.startswith("grader")}
    assert ours <= {"grader", "grader.pytest_plugin", "grader.runner", "grader.runner.settings"}

async def no_test():
    pass

def test_settings(pytestconfig):
    assert pytestconfig.getini("asyncio_mode") == "strict"
    assert pytestconfig.getini("filterwarnings") == []
    assert not pytestconfig.pluginmanager.has_plugin("grader-test-run")
"""


def test_others_notice_nothing(tmp_path: Path) -> None:
    """Without the option the plugin changes no setting, and imports nothing worth a wait."""
    suite(tmp_path, WITNESS)
    result = run(tmp_path, "-o", "asyncio_default_fixture_loop_scope=function", "test_mine.py")
    assert "2 passed" in result.stdout, result.stdout


def test_help(tmp_path: Path) -> None:
    """The option is in pytest's own help."""
    assert "--mutants=ID" in run(tmp_path, "--help").stdout
