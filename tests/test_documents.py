"""What README and docs/ tell their readers to type: every command is there, with its options."""

import json
import os
import re
import shlex
import shutil
import subprocess
import zipfile
from pathlib import Path

import click
import pytest
import typer
from helpers.course import ROOT, suite_of
from helpers.small_class import MAIN

from grader.cli.common import app

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
GRADER: click.Group = typer.main.get_command(app)  # type: ignore[assignment]  # it has commands


def lines_of(path: Path) -> list[str]:
    """Each line of a document's blocks, and each code in a sentence, without its comment."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.split("\n")]
    quoted = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    found = [re.sub(r"\s+#.*", "", line).strip() for line in [*lines, *quoted]]
    found = [re.sub(r"^(TZ=\S+ )?(\.venv/bin/)?(?=\w)", "", line) for line in found]
    return [line for line in found if "…" not in line]


def begin_with(programs: str) -> list[tuple[str, str]]:
    """Documents, and their commands that begin with one of these."""
    lines = {(path.name, line) for path in DOCUMENTS for line in lines_of(path)}
    return sorted(one for one in lines if re.match(rf"({programs}) ", one[1]))


EVERY = begin_with("grader")
OTHERS = begin_with("apt-get|conda|dask|jupyter|make|nbgrader|pip|py|pytest|python")
"""Commands of other programs."""


def parsed(line: str) -> click.Context:
    """A command as the shell would hand it over, read and not run."""
    _, *words = shlex.split(line)
    group: click.Group = GRADER
    context = click.Context(group, info_name="grader")
    while True:
        name, command, words = group.resolve_command(context, words)
        assert command is not None
        if isinstance(command, click.Group):
            group = command
            continue
        return command.make_context(name, words, parent=context)


@pytest.mark.parametrize(("document", "line"), EVERY)
def test_a_command_is_there(document: str, line: str) -> None:
    """Its name, its options, and what they take."""
    if line.split()[1:] == [] or len(line.split()) == 2:  # the name of a command, in a sentence
        _, name = line.split()
        assert name in GRADER.commands or name.startswith("-")
        return
    with parsed(line) as context:
        assert context.command.name is not None


def test_every_command_is_documented() -> None:
    """In one of the tours, or in what contributors read."""
    told = "\n".join(line for _, line in EVERY)
    assert [name for name in GRADER.commands if f"grader {name}" not in told] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_pictures_say_what_they_show(path: Path) -> None:
    """In a sentence, for those who do not see them."""
    for text in re.findall(r"!\[([^\]]*)\]", path.read_text(encoding="utf-8")):
        assert len(text.split()) >= 5, text


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """Links to files of the project, and pictures."""
    for link in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        if "://" not in link and not link.startswith("mailto:"):
            assert (path.parent / link).exists(), link


# ------------------------------------------------------------------ typed, one after the other

LESSON = "2-advanced/04-concurrent-operations.ipynb"

NAMES = {f"grader {name}" for name in ("check", "grade", "report", "return")}
"""Commands that a sentence calls by their names: they want more words."""

ELSEWHERE = {
    *("grader build", "grader build --check", "grader verify"),  # `make test` runs them
    *(f"grader grade 2-advanced --cluster {at}" for at in ("ADDRESS", "tcp://10.0.0.5:8786")),
}

OTHERS_ELSEWHERE = {
    "apt-get install bubblewrap": (".ci/run", "bubblewrap"),
    "dask scheduler": ("tests/helpers/machines.py", "dask_{kind}"),
    "dask worker tcp://10.0.0.5:8786 --nworkers 8 --nthreads 1": (
        "tests/helpers/machines.py",
        '"worker"',
    ),
    "jupyter lab": ("tests/helpers/browsing.py", '"jupyterlab"'),
    "jupyter lab notebooks/00-start-here.ipynb": ("tests/helpers/browsing.py", '"jupyterlab"'),
    "make badges": ("tests/test_binder.py", 'script("badges")'),
    "make lab": ("tests/test_setup.py", '"lab"'),
    "make setup": ("tests/test_setup.py", '"setup"'),
    "make setup PYTHON=/path/to/python": ("tests/test_setup.py", "PYTHON="),
    "make test": (".ci/run", "make test"),
    "nbgrader autograde": ("tests/classroom/test_nbgrader.py", '"nbgrader", "autograde"'),
    "nbgrader formgrader": ("tests/browser/test_formgrader.py", "/formgrader/"),
    "py -m venv .venv": ("Makefile", "-m venv"),
    "pip install --constraint constraints.txt '.[cluster]'": ("pyproject.toml", "[cluster,"),
    "pip install -e '.[postgres]'": ("pyproject.toml", "postgres]"),
    "pytest tests/bank/test_suites.py -s": ("tests/bank/test_suites.py", "def test_"),
}
"""Commands of other programs, with the file that runs them, or their like, and how it says so."""

NOT_HERE = {
    *("make check", "make hooks"),  # `make test` does what they do
    *("conda activate async-testing-patterns", "conda env create -f environment.yml"),  # no conda
    *(f"python benchmarks/{name}" for name in ("classes.py class", "feedback.py", "growth.py")),
    "nbgrader collect 2-advanced",  # asks for an exchange: tests/browser/test_formgrader.py
}

AUTHOR = """
grader exercises
grader evaluate test_ids.py --exercise distinct-ids
grader verify ID
grader verify distinct-ids
grader new mutant distinct-ids --bank private
grader verify --bank private
"""
INSTRUCTOR = """
grader doctor
nbgrader db upgrade
grader release 2-advanced
nbgrader db assignment add 2-advanced --duedate "2026-01-31 23:59 CET"
grader grade 2-advanced --from export.zip
grader grade 2-advanced
grader grade PART --csv
grader new mutant retry --bank private
grader grade 2-advanced --bank private
grader grade 2-advanced --compare
grader report 2-advanced
grader report --all
nbgrader export
grader likeness 2-advanced
grader return 2-advanced --for moodle
grader return 2-advanced --for canvas
grader return 2-advanced --for folder
grader return 2-advanced --for moodle --changed
grader backup
grader forget LEARNER
"""
LEARNER = f"""
pytest --mutants distinct-ids test_ids.py
grader check notebooks/{LESSON}
grader progress
grader pack
grader pack --name YOUR-NAME
grader pack 2-advanced --name YOUR-NAME
grader reset distinct-ids
grader update NEW.zip
grader update
"""
STANDS_FOR = {"PART": "2-advanced", "LEARNER": "Ada Lovelace", "ID": "first-test"}


def test_every_command_is_typed_below() -> None:
    """Whoever documents a new one adds it."""
    typed = {line for text in (AUTHOR, INSTRUCTOR, LEARNER) for line in text.split("\n") if line}
    mine = {line for line in typed if line.startswith("grader ")}
    assert {line for _, line in EVERY} == mine | NAMES | ELSEWHERE
    assert {line for _, line in OTHERS} == typed - mine | set(OTHERS_ELSEWHERE) | NOT_HERE


@pytest.mark.parametrize(("place", "word"), sorted(set(OTHERS_ELSEWHERE.values())))
def test_what_is_not_typed_below_is_run_elsewhere(place: str, word: str) -> None:
    """By a test, or by what runs the tests."""
    assert word in (ROOT / place).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the course, what Moodle exports of a learner, and a later version as a zip."""
    course = tmp_path_factory.mktemp("documents") / "course"
    clone_on_a_branch(course)
    for name in ("lessons", "notebooks", "solutions"):  # as they are, committed or not
        shutil.copytree(ROOT / name, course / name, dirs_exist_ok=True)
    (course / "test_ids.py").write_text(suite_of("distinct-ids", "naive"), encoding="utf-8")
    with zipfile.ZipFile(course / "export.zip", "w") as export:
        folder = "Ada Lovelace_101_assignsubmission_file"
        export.write(course / "solutions" / LESSON, f"{folder}/{Path(LESSON).name}")
    archive = ["git", "archive", "--format=zip", "--prefix=course/", "--output=NEW.zip", "HEAD"]
    subprocess.run(archive, cwd=course, check=True)
    return course


def clone_on_a_branch(course: Path) -> None:
    """Clone the project, which itself may be on no branch, as where CI checks a commit out."""
    upstream = course.with_name("upstream")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(upstream)], check=True)
    subprocess.run(["git", "checkout", "--quiet", "-B", "main"], cwd=upstream, check=True)
    subprocess.run(["git", "clone", "--quiet", str(upstream), str(course)], check=True)


def typed(text: str, course: Path, codes: tuple[int, ...] = (0,)) -> None:
    """Every command works, one after the other."""
    path = os.pathsep.join([str(Path(MAIN[0]).parent), os.environ["PATH"]])
    for line in filter(None, text.split("\n")):
        program, *words = [STANDS_FOR.get(word, word) for word in shlex.split(line)]
        done = subprocess.run(
            [*(MAIN if program == "grader" else [program]), *words],
            cwd=course,
            env={**os.environ, "PATH": path, "PYTHONWARNINGS": "ignore"},
            input="y\n",
            capture_output=True,
            text=True,
        )
        assert done.returncode in codes, (line, done.stdout, done.stderr)
        if line.startswith("grader new mutant"):
            mutant = course / "private" / f"{words[2].replace('-', '_')}.py"
            whole = mutant.read_text(encoding="utf-8")
            change = BROKEN[words[2]]
            assert change[0] in whole
            mutant.write_text(whole.replace(*change), encoding="utf-8")


BROKEN = {
    "distinct-ids": ("return results", "return results[:1]"),
    "retry": ("range(attempts - 1)", "range(attempts)"),
}
"""What the author breaks in a skeleton."""


@pytest.mark.slow
def test_what_an_author_types(course: Path) -> None:
    typed(AUTHOR, course)


@pytest.mark.slow
def test_what_an_instructor_types(course: Path) -> None:
    """From one export, in which two of three lessons are missing: that is told with status 1."""
    typed(INSTRUCTOR, course, codes=(0, 1))
    assert not (course / "autograded" / "Ada Lovelace").exists()  # forgotten


@pytest.mark.slow
def test_what_a_learner_types(course: Path) -> None:
    """With a lesson solved, which is kept throughout."""
    shutil.copy(course / "solutions" / LESSON, course / "notebooks" / LESSON)
    answers = suites_in(course)
    typed(LEARNER, course)
    assert suites_in(course) == answers


def suites_in(course: Path) -> list[str]:
    """A learner's answers, but for the one that they start anew."""
    cells = json.loads((course / "notebooks" / LESSON).read_text(encoding="utf-8"))["cells"]
    answers = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution")]
    return ["".join(cell["source"]) for cell in answers if cell["id"] != "distinct-ids"]
