"""What import-linter cannot say: what an import pulls in, and what goes over the pipe."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.course import ROOT, suite_of
from helpers.samples import SOLUTION, Tapped, creation

import grader.runner
import vespera_scriptorium
from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.exercise import Exercise
from grader.runner.protocol import to_line
from grader.sandbox.worker import Worker


def modules_after(statement: str) -> set[str]:
    """What a fresh Python has loaded after a statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    command = [sys.executable, "-c", code]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return set(output.split())


def test_the_inside_knows_nothing_of_the_rest() -> None:
    """Everything that runs beside a learner's code loads of the grader only itself."""
    names = [path.stem for path in Path(grader.runner.__file__).parent.glob("*.py")]
    names = [name for name in names if not name.startswith("__")]
    assert "server" in names
    loaded = modules_after(f"from grader.runner import {', '.join(names)}")
    ours = {name for name in loaded if name.partition(".")[0] == "grader"}
    assert ours == {"grader", "grader.runner", *(f"grader.runner.{name}" for name in names)}


def test_the_process_that_runs_tests_holds_no_answers(worker: Worker) -> None:
    """A test finds nothing of the grader but what runs it."""
    suite = """
import asyncio
def test_a():
    loaded = asyncio.base_events.sys.modules
    ours = [name for name in loaded if name.partition(".")[0] == "grader"]
    assert all(name == "grader" or name.startswith("grader.runner") for name in ours)
    assert "grader.runner.run" in ours
"""
    assert [test.verdict for test in evaluate(suite, creation, worker).tests] == ["valid"]


def test_importing_the_grader_is_light() -> None:
    """`import grader` loads nothing that takes time: a kernel imports it in its first cell."""
    loaded = modules_after("import grader")
    heavy = {"pytest", "_pytest", "IPython", "vespera_scriptorium", "sqlalchemy", "hypothesis"}
    assert loaded & {*heavy, "asyncio", "jinja2", "grader.learner.session", "grader.bank"} == set()


WITHOUT_COMPILED_WHEELS = """
import sys
from importlib.machinery import ExtensionFileLoader, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path

class Refuse:
    def find_spec(self, name, path=None, target=None):
        spec = PathFinder.find_spec(name, path)
        if spec is None or not isinstance(spec.loader, ExtensionFileLoader):
            return None
        if "site-packages" not in spec.origin:
            return None  # Python's own
        source = Path(spec.origin).with_name(name.rpartition(".")[2] + ".py")
        if source.exists():  # the same, not compiled
            return spec_from_file_location(name, source)
        raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
from grader.bank import exercises
import grader.engine.evaluate, grader.runner.server, grader.learner.live, grader.pages.panel
assert exercises()
"""


def test_what_learners_use_needs_no_compiled_wheel() -> None:
    """Engine, runner, bank, learner and panel import where only pure Python can be installed."""
    command = [sys.executable, "-c", WITHOUT_COMPILED_WHEELS]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_importing_the_application_loads_no_grader() -> None:
    """The application works without its grader."""
    names = {name.partition(".")[0] for name in modules_after("import vespera_scriptorium")}
    assert names & {"grader", "pytest", "IPython"} == set()


def test_the_application_does_not_mention_the_grader() -> None:
    """No module under test says that it is one."""
    files = list(Path(vespera_scriptorium.__file__).parent.rglob("*.py"))
    assert len(files) > 10
    for file in files:
        assert not re.search(r"grader|mutant|exercise", file.read_text(), re.IGNORECASE), file


def spelled(text: str) -> str:
    """A text as it stands inside of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def graded(exercise: Exercise) -> str:
    """A suite for an exercise that reaches its mutants."""
    if exercise is creation:
        return SOLUTION
    return suite_of(exercise.id)


@pytest.mark.parametrize(
    "exercise",
    [creation, *(exercises()[name] for name in ("distinct-ids", "db-session", "test-base"))],
    ids=lambda exercise: exercise.id,
)
def test_no_request_says_what_it_is(worker: Worker, exercise: Exercise) -> None:
    """No name, docstring, clause or kind of a variant goes to the process; all look alike."""
    tapped = Tapped(worker)
    evaluate(graded(exercise), exercise, tapped)
    suite = spelled(graded(exercise))
    requests = [request for batch in tapped.batches for request in batch]
    lines = [to_line(request).decode() for request in requests]
    sent = "".join(lines).replace(suite, "")
    for variant in exercise.variants:
        assert variant.name == "reference" or variant.name not in sent
        assert variant.description == "" or spelled(variant.description) not in sent
    assert not any(spelled(clause) in sent for clause in exercise.contract)
    assert exercise.id not in sent
    forms = [
        [(patch.module, patch.owner) for patch in patches]
        for one in requests
        for patches in (one.patches, *one.later)
    ]
    assert all(form == forms[0] for form in forms)
    assert not re.search(r"\b(mutant|alternative|reference|variant|clause|kind\": \"m)", sent)


def test_every_module_is_read_from_top_to_bottom() -> None:
    """No Python file is longer than 400 lines, but for lessons, and what others have written."""
    folders = ("benchmarks", "grader", "scripts", "tests", "vespera_scriptorium")
    files = [path for name in folders for path in (ROOT / name).rglob("*.py")]
    own = [path for path in files if "blind" not in path.parts]
    assert [path.name for path in own if len(path.read_text().splitlines()) > 400] == []
