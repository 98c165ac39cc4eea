"""What learners hand in: read without trust, refused alone, reduced to the answers."""

import json
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from attacks.handing_in import LESSON, LESSONS, PART, SOURCE, hand_in, notebook
from grader.classroom.intake import MOST_BYTES, read_answers, take_in
from grader.classroom.platforms import name_problem
from grader.errors import CourseError, Refused


def answers(nb: Any) -> dict[str, str]:
    return {name: found.suite for name, found in read_answers(json.dumps(nb).encode()).items()}


def refusals(submitted: Path) -> dict[str, str]:
    """The sentences, by learner; Ada is let through whatever the others did."""
    taken, refused = take_in(submitted, PART, LESSONS)
    assert "ada" in [one.learner for one in taken]
    return {refusal.learner: refusal.reason for refusal in refused}


# ------------------------------------------------------------------ notebooks


def test_answer_is_all_that_is_read() -> None:
    """Outputs and cells that were added go no further."""
    nb = notebook(outputs=[{"output_type": "stream", "name": "stdout", "text": "5.0"}])
    nb["cells"].insert(0, {"cell_type": "markdown", "source": "mine", "metadata": {}, "id": "b"})
    assert answers(nb) == {"distinct-ids": SOURCE}


def test_lines_are_joined() -> None:
    """A file may hold a source as a list of lines."""
    assert answers(notebook(SOURCE.splitlines(keepends=True))) == {"distinct-ids": SOURCE}


@pytest.mark.parametrize("version", [3, 4])
def test_older_formats(version: int) -> None:
    """Whatever an older program has saved is read."""
    nb: Any = nbformat.reads(json.dumps(notebook()), as_version=4)
    assert answers(nbformat.convert(nb, version)) == {"distinct-ids": SOURCE}


def test_colab_and_vs_code_keep_the_first_line() -> None:
    """Where an editor has thrown the metadata away, the first line tells."""
    nb = notebook(metadata={"id": "xyz", "colab": {}})
    assert answers(nb) == {"distinct-ids": SOURCE}


def test_two_answers() -> None:
    """It is for the exercise to say so, not for the notebook."""
    nb = notebook()
    nb["cells"] += notebook(f"{SOURCE}\nx = 1")["cells"]
    (found,) = read_answers(json.dumps(nb).encode()).values()
    assert found.problem is not None
    assert "two different answers for distinct-ids (cells 1 and 2)" in found.problem


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not text in UTF-8"),
        (b"[]", "no notebook"),
        (b'{"nbformat": 4}', "no notebook"),
        (b'{"nbformat": 7, "cells": []}', "version 7"),
        (b'{"nbformat": 4, "nbformat": 4, "cells": []}', "same key twice"),
        (b'{"nbformat": 4, "cells": [], "metadata": NaN}', "NaN"),
        (b'{"nbformat": 4, "cells": [], "metadata": -Infinity}', "-Infinity"),
        (b'{"nbformat": 4, "cells": ' + b"[" * 200 + b"]" * 200 + b"}", "levels deep"),
        (b"[" * (MOST_BYTES - 1), "levels deep"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (json.dumps(notebook(f"{SOURCE} '\ud800'")).encode(), "half a character"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_notebook(raw: bytes, sentence: str) -> None:
    """A mistake in the file is named, and nothing of it is interpreted."""
    with pytest.raises(Refused, match=sentence):
        read_answers(raw)


@pytest.mark.parametrize("cells", [[None], [[]], [{"source": 5}], ["x"], [{"metadata": []}]])
def test_odd_cells(cells: list[Any]) -> None:
    """Cells that are none hold no answer, and do no harm."""
    assert answers({"nbformat": 4, "cells": cells}) == {}


# ------------------------------------------------------------------ files and folders


def test_folder_of_the_part_tells_who_has_handed_in(submitted: Path) -> None:
    """Other parts, and files beside the folders, are nobody's submission."""
    (submitted / "ben" / "1-clean-architecture").mkdir(parents=True)
    (submitted / "notes.txt").write_text("late: ben")
    assert refusals(submitted) == {}


def test_time_of_the_submission(submitted: Path) -> None:
    """nbgrader's note is read as nbgrader reads it."""
    (submitted / "ada" / PART / "timestamp.txt").write_text("2026-01-31 23:59:00 CET\n")
    ((ada,), _) = take_in(submitted, PART, LESSONS)
    assert ada.submitted == "2026-01-31T22:59:00"


def link_to(target: Path, path: Path) -> None:
    path.symlink_to(target)


def socket_at(target: Path, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(path.parent)  # the name of a socket must be short
        try:
            server.bind(path.name)
        finally:
            os.chdir(here)


def device_at(target: Path, path: Path) -> None:
    if os.geteuid() == 0:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))
    else:  # nobody else can make one
        path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (link_to, "symbolic link"),
        (lambda target, path: os.link(target, path), "hard link"),
        (lambda target, path: os.mkfifo(path), "not a plain file"),
        (socket_at, "not a plain file"),
        (device_at, "not a plain file|symbolic link"),
        (lambda target, path: path.mkdir(), "is a folder"),
        (lambda target, path: path.write_bytes(b" " * (MOST_BYTES + 1)), "larger than 1024 KiB"),
    ],
    ids=["symlink", "hard link", "fifo", "socket", "device", "folder", "large"],
)
def test_file_that_is_none(
    submitted: Path, make: Callable[[Path, Path], object], sentence: str
) -> None:
    """Only a plain file of the learner's own is opened; nothing waits for a pipe."""
    secret = submitted.parent / "solution.ipynb"
    secret.write_text(json.dumps(notebook()))
    path = hand_in(submitted, "mallory")
    path.unlink()
    make(secret, path)
    refused = refusals(submitted)
    assert list(refused) == ["mallory"]
    assert re.search(sentence, refused["mallory"])


def test_linked_learner(submitted: Path) -> None:
    """Nobody hands in somebody else's folder."""
    (submitted / "mallory").symlink_to("ada")
    assert "symbolic link" in refusals(submitted)["mallory"]


def test_linked_part(submitted: Path) -> None:
    """Nor a part of it."""
    (submitted / "mallory").mkdir()
    (submitted / "mallory" / PART).symlink_to(submitted / "ada" / PART)
    assert "symbolic link" in refusals(submitted)["mallory"]


def test_linked_timestamp(submitted: Path) -> None:
    """nbgrader's note is a file like any other."""
    hand_in(submitted, "mallory")
    (submitted / "mallory" / PART / "timestamp.txt").symlink_to("/etc/hostname")
    assert "symbolic link" in refusals(submitted)["mallory"]


@pytest.mark.slow
def test_folder_that_may_not_be_read(submitted: Path) -> None:
    """A learner who has locked everybody out is refused alone."""
    hand_in(submitted, "mallory")
    (submitted / "mallory").chmod(0)
    script = (
        "import sys; from pathlib import Path; from grader.classroom.intake import take_in; "
        "taken, refused = take_in(Path(sys.argv[1]), sys.argv[2], [sys.argv[3]]); "
        "print(*[one.learner for one in taken], *refused)"
    )
    nobody = () if os.geteuid() else ("--uid", "1000", "--gid", "1000", "--cap-drop", "ALL")
    walls = ["bwrap", "--dev-bind", "/", "/", "--unshare-user", *nobody]
    command = [*walls, sys.executable, "-c", script, str(submitted), PART, LESSON]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.stdout.startswith("ada Refusal(learner='mallory'")
    assert "cannot be read (Permission denied)" in result.stdout


def test_part_without_a_notebook(submitted: Path) -> None:
    """A name that nobody expects is answered with the names that are expected."""
    path = hand_in(submitted, "ben")
    path.write_text(json.dumps({"nbformat": 4, "cells": []}))
    path.rename(submitted / "ben" / PART / "homework.ipynb")
    assert f"{LESSON}.ipynb" in refusals(submitted)["ben"]


def test_two_names_that_look_alike(submitted: Path) -> None:
    """Neither of two learners is taken for the other."""
    hand_in(submitted, "Ben")
    hand_in(submitted, "ben")
    assert set(refusals(submitted)) == {"Ben", "ben"}


@pytest.mark.parametrize(
    "name",
    [
        "-rf",
        ".hidden",
        "a\nb",
        "a\x1b[2Jb",
        "a\u202eb",
        "e\u0301ric",
        "a*",
        "a[b]",
        "a,b",
        " a",
        "a" * 200,
    ],
)
def test_odd_name(submitted: Path, name: str) -> None:
    """What a shell, a terminal or nbgrader could misread is refused, and shown harmlessly."""
    assert name_problem(name) is not None
    (shown,) = refusals_of(submitted, name)
    assert shown.isprintable()


def refusals_of(submitted: Path, name: str) -> dict[str, str]:
    hand_in(submitted, name)
    return refusals(submitted)


@pytest.mark.parametrize(
    "name", ["ada", "Ada Lovelace", "ada@example.org", "éric", "李雷", "a_b-c.d"]
)
def test_good_name(name: str) -> None:
    """Names of people are names."""
    assert name_problem(name) is None


def test_no_folder(tmp_path: Path) -> None:
    """Where nothing was collected, the sentence says what to do."""
    with pytest.raises(CourseError, match="collect what learners handed in"):
        take_in(tmp_path / "submitted", PART, LESSONS)
