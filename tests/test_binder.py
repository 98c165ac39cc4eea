"""The course on Binder: what builds its image, and the links that lead there."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.course import ROOT
from helpers.scripts import script

from grader.course.lessons import lessons

badges = script("badges")

LAB = (
    "https://mybinder.org/v2/gh/async-testing-patterns/async-testing-patterns/HEAD"
    "?urlpath=lab/tree/notebooks/"
)


@pytest.fixture(scope="module")
def dockerfile() -> str:
    """What repo2docker would build, with the file names that it escapes made readable."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    text = result.stdout + result.stderr
    return re.sub(r"-([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), text)


def test_binder_has_python_3_12(dockerfile: str) -> None:
    """The image starts from the environment of Python 3.12."""
    assert re.search(r"/environment\.py-3\.12-linux-\w+\.lock", dockerfile)


def test_binder_uses_its_own_environment(dockerfile: str) -> None:
    """`binder/environment.yml` is applied, and the one for conda users is not."""
    assert re.findall(r'env update .* --file "(.*)"', dockerfile) == ["binder/environment.yml"]


def test_binder_installs_the_course_after_copying_it(dockerfile: str) -> None:
    """`binder/postBuild` runs when the whole repository is there, constraints.txt with it."""
    copied = dockerfile.index("src/ ${REPO_DIR}/\n")
    assert dockerfile.index("RUN ./binder/postBuild") > copied


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone of HEAD after `binder/postBuild`, with the environment that it filled."""
    folder = tmp_path_factory.mktemp("image")
    checkout, environment = folder / "checkout", folder / "environment"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True, timeout=60)
    python = next(filter(runs, ("python3.12", "python3.13", sys.executable)))
    subprocess.run([python, "-m", "venv", str(environment)], check=True, timeout=120)
    result = use(folder, "./binder/postBuild")
    assert result.returncode == 0, result.stderr
    return folder


def runs(python: str) -> bool:
    """Whether there is such a Python: a name may be there and still not run."""
    if shutil.which(python) is None:
        return False
    return subprocess.run([python, "-c", ""], capture_output=True, timeout=60).returncode == 0


def use(image: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs a command as somebody on Binder would: in the repository, with nothing of ours."""
    kept = ("HOME", "LANG", "PIP_", "SSL_", "UV_", "http", "HTTP", "no_proxy", "NO_PROXY")
    env = {name: value for name, value in os.environ.items() if name.startswith(kept)}
    env["PATH"] = f"{image / 'environment' / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        command, cwd=image / "checkout", env=env, capture_output=True, text=True, timeout=300
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("grader", "--help"), "Usage: grader"),
        (("python", "-c", "import vespera_scriptorium as it; print(it.__name__)"), "vespera_"),
        (("jupyter", "lab", "--version"), "4."),
    ],
    ids=["grader", "application", "lab"],
)
def test_binder_has_everything(image: Path, command: tuple[str, ...], said: str) -> None:
    """After the image's build nothing is left to do for a learner."""
    result = use(image, *command)
    assert result.returncode == 0, result.stderr
    assert said in result.stdout


@pytest.mark.slow
def test_binder_is_quiet(image: Path) -> None:
    """No question whether news may be fetched, and no tools for instructors: as `make lab`."""
    config = image / "environment" / "etc" / "jupyter" / "labconfig" / "page_config.json"
    disabled = json.loads(config.read_text())["disabledExtensions"]  # JupyterLab adds to the file
    ours = json.loads((ROOT / "lab" / "labconfig" / "page_config.json").read_text())
    assert disabled == ours["disabledExtensions"]
    assert {"@jupyter/nbgrader:menu", "@jupyterlab/apputils-extension:announcements"} <= set(
        disabled
    )


def test_every_lesson_has_its_link() -> None:
    """The README opens each lesson in Binder; a new lesson needs `[Title](link)` there."""
    links = re.findall(r"\((https://mybinder\.org/v2/[^)]*)\)", (ROOT / "README.md").read_text())
    known = [lesson for lesson in lessons(ROOT) if not lesson.is_page]
    assert links == [f"{LAB}{lesson.notebook.as_posix()}" for lesson in known]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("git@github.com:ada/fork.git", "ada/fork"),
        ("https://github.com/ada/my-fork", "ada/my-fork"),
        ("ssh://git@github.com/ada/fork.x.git/", "ada/fork.x"),
        ("https://example.org/ada/fork.git", None),
        ("", None),
    ],
)
def test_a_fork_s_badge_opens_the_fork(address: str, name: str | None) -> None:
    """`make badges` there; every link, and nothing else of the text."""
    assert badges.repository(address) == name
    if name is not None:
        text = (ROOT / "README.md").read_text()
        changed = badges.linked(text, name)
        assert changed.count(f"https://mybinder.org/v2/gh/{name}/HEAD") == text.count(LAB)
        assert badges.linked(changed, "async-testing-patterns/async-testing-patterns") == text


def test_loss_is_told() -> None:
    """The README says beside the links what ends with a session, and how to keep it."""
    start = (ROOT / "README.md").read_text().split("\n## ")[1]
    assert LAB in start
    assert "everything you typed is lost" in start
    assert "Download your notebook first" in start
