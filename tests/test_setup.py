"""What `make setup` says to those it cannot help, and the files that a set-up rests on."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.course import ROOT

MAKE = shutil.which("make") or "make"


class Machine:
    """A checkout, on a machine that has only the Pythons it is given."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.bin = folder / "a checkout", folder / "bin"
        self.checkout.mkdir()
        self.bin.mkdir()
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.checkout)
        for name in ("cat", "id", "sed"):
            (self.bin / name).symlink_to(shutil.which(name) or name)

    def install(self, name: str, script: str) -> None:
        """Puts a command on the machine."""
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / name).chmod(0o755)

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs make there, as a user would."""
        command = [MAKE, "-C", str(self.checkout), "--no-print-directory", *arguments]
        path = {"PATH": str(self.bin)}
        return subprocess.run(command, env=path, capture_output=True, text=True, timeout=30)

    def refusal(self, *arguments: str) -> str:
        """The one sentence that make fails with."""
        result = self.make(*arguments)
        assert result.returncode != 0
        sentence, *rest = result.stderr.splitlines()
        assert [line.split(":")[0] for line in rest] == ["make"]
        return sentence


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_no_python(machine: Machine) -> None:
    """Without any Python, one sentence says which to install."""
    assert "needs Python 3.11 or newer and found none: install one" in machine.refusal("setup")


def test_python_that_is_too_old(machine: Machine) -> None:
    """A Python that is too old is named with its version."""
    machine.install("python3", "echo 3.9.18")
    assert "found none (python3 is 3.9.18): install one" in machine.refusal("setup")


def test_python_that_is_named_and_does_not_run(machine: Machine) -> None:
    """A Python that the caller names is the only one that is tried."""
    machine.install("python3", "echo 3.12.1")
    assert "(./missing does not run)" in machine.refusal("setup", "PYTHON=./missing")


def test_python_that_is_only_a_name(machine: Machine) -> None:
    """A name that does not run, as a shim of pyenv may, is passed over."""
    machine.install("python3", "exit 127")
    machine.install("python3.13", "echo 3.10.13")
    assert "found none (python3.13 is 3.10.13)" in machine.refusal("setup")


def test_python_that_cannot_make_environments(machine: Machine) -> None:
    """Where Debian has split venv off, the sentence names the package to install."""
    machine.install("python3", 'case "$2" in *ensurepip*) exit 1;; *) echo 3.12.1;; esac')
    assert "install the package python3.12-venv" in machine.refusal("lab")


def test_second_run_starts_at_once(machine: Machine) -> None:
    """An environment that is ready is left alone, unless the checkout has moved since."""
    (machine.checkout / ".venv").mkdir()
    (machine.checkout / ".venv" / ".ready").write_text(f"{machine.checkout}\n")
    assert machine.make("setup").stdout == "Ready.\n"
    machine.checkout = machine.checkout.rename(machine.checkout.with_name("moved"))
    assert "found none" in machine.make("setup").stderr


def test_make_alone_lists_every_target(machine: Machine) -> None:
    """`make` alone says what each target does, and does nothing."""
    listed = {line.split()[1] for line in machine.make().stdout.splitlines()}
    once = {"badges", "build", "constraints", "help", "hooks", "lab", "screenshot", "setup", "site"}
    assert listed == {*once, "check", "test"}


def test_constraints_pin_exactly_and_name_no_place() -> None:
    """Every line of constraints.txt is an exact pin: no address, no path, no option."""
    first, *pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert re.fullmatch(r"# Compiled by `make constraints`.*", first)
    pin = re.compile(r"[a-z0-9-]+==[0-9][0-9a-z.+]*( ; [a-z_]+ [^/:@]+)?")
    assert [line for line in pins if not pin.fullmatch(line)] == []
    assert len(pins) > 50


def test_git_ignores_what_is_made() -> None:
    """Git does not see what tools, grading and the set-up leave behind."""
    made = ["gradebook.db", "x/__pycache__", "x.egg-info", "x/.ipynb_checkpoints", ".venv"]
    made += ["submitted", "autograded", "feedback", "build", "dist", ".hypothesis", ".mypy_cache"]
    made += [".pytest_cache", ".ruff_cache", ".import_linter_cache"]
    command = ["git", "-C", str(ROOT), "check-ignore", "--no-index", *(f"{name}/" for name in made)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert [name.rstrip("/") for name in result.stdout.split()] == made


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("Find the room by its name\n\nReasons.\n# a comment of git's\n", ""),
        ("x" * 72, ""),
        ("x" * 73, "has 73 characters, at most 72 are shown"),
        ("Find it.", "ends with a full stop"),
        ("Find it\nReasons", "The second line is not empty"),
        ("\n# only comments\n", "The subject is empty"),
    ],
)
def test_a_commit_has_a_subject_that_is_shown(tmp_path: Path, message: str, says: str) -> None:
    """Whole, everywhere; the hook says what is wrong."""
    (tmp_path / "message").write_text(message)
    command = [sys.executable, str(ROOT / "scripts" / "commit_subject.py"), "message"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert (done.returncode == 0) == (says == "")
    assert says in done.stderr


def test_hooks_are_our_own() -> None:
    """pre-commit fetches nothing: every tool is the one that the constraints pin."""
    config = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"repo: (.*)", config) == ["local"]
    assert all(command.startswith(".venv/bin/") for command in re.findall(r"entry: (.*)", config))


def test_ci_script_can_run() -> None:
    """`.ci/run` is executable, and bash can read it."""
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(script)], check=True, timeout=30)
