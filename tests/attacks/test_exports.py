"""Exports of learning platforms that want to write somewhere else."""

import json
import stat
import unicodedata
import zipfile
from pathlib import Path

import pytest

from attacks.handing_in import LESSON, LESSONS, PART, SOURCE, hand_in, notebook
from grader.classroom.collect import collect
from grader.classroom.intake import MOST_BYTES
from grader.errors import CourseError

# ------------------------------------------------------------------ exports of platforms


def export(path: Path, *names: str) -> Path:
    """A zip with a notebook under each name."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, json.dumps(notebook(f"{SOURCE}  # {name}")))
    return path


def collected(tmp_path: Path) -> set[str]:
    return {
        str(path.relative_to(tmp_path / "submitted"))
        for path in (tmp_path / "submitted").rglob("*")
        if path.is_file() and path.name != "timestamp.txt"
    }


@pytest.mark.parametrize(
    ("name", "learner"),
    [
        ("Ada Lovelace_123_assignsubmission_file_/x.ipynb", "Ada Lovelace"),
        ("class/Ada Lovelace_123_assignsubmission_file_/x.ipynb", "Ada Lovelace"),
        (f"lovelaceada_LATE_123_456_{LESSON}.ipynb", "lovelaceada_123"),
        (f"lovelaceada_123_456_{LESSON}-1.ipynb", "lovelaceada_123"),
        ("ada/homework.ipynb", "ada"),
        (f"ada/{PART}/{LESSON}.ipynb", "ada"),
        (f"submitted/ada/{PART}/{LESSON}.ipynb", "ada"),
        ("Lovelace, Ada_123_assignsubmission_file/x.ipynb", "Ada Lovelace"),
        ("Ada Lovelace_123_assignsubmission_file_x.ipynb", "Ada Lovelace"),
        ("Participant_123_assignsubmission_file/x.ipynb", "Participant"),
        ("Default group_123_assignsubmission_file_/x.ipynb", "Default group"),
        ("anon_Xy1z2_456_x.ipynb", "anon_Xy1z2"),
        ("LATE_anon_Xy1z2_456_x.ipynb", "anon_Xy1z2"),
        ("group_of_ada_123_456_x.ipynb", "group_of_ada_123"),
        (f"{PART}-ada/notebooks/{PART}/{LESSON}.ipynb", "ada"),
        ("ada/x.ipynb.json", "ada"),
        ("ada/x.ipynb.txt", "ada"),
        ("ada/X.IPYNB", "ada"),
        (f"ada/{LESSON} (1).ipynb", "ada"),
        (f"ada/{LESSON}-Copy1.ipynb", "ada"),
        ("class\\ada\\x.ipynb", "ada"),
        ("ada/x.ipynb.ipynb", "ada"),
        ("submissions/lovelaceada_123_456_x.ipynb", "lovelaceada_123"),
    ],
)
def test_export_is_sorted_in(tmp_path: Path, name: str, learner: str) -> None:
    """Moodle, Canvas, or a folder for each learner; the exercises tell the lesson."""
    origin = export(tmp_path / "export.zip", name)
    assert collect(origin, tmp_path / "submitted", PART, LESSONS).refusals == []
    assert collected(tmp_path) == {f"{learner}/{PART}/{LESSON}.ipynb"}


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (
            "Ada Lovelace_1_assignsubmission_file/answers.zip",
            "answers.zip holds no notebook that can be read",
        ),
        ("Ada Lovelace_1_assignsubmission_file/x.html", "x.html is a page made from a notebook"),
        ("Ada Lovelace_1_assignsubmission_onlinetext/onlinetext.html", "Handed in is online text"),
        ("lovelaceada_123_456_text.html", "Handed in is online text"),
        ("ada/answers.pdf", "answers.pdf is no notebook: ask for the file whose name ends in"),
        ("ada/other.ipynb", "other.ipynb is no notebook of this part: its name must be"),
        ("ada/broken.ipynb", "ada/broken.ipynb: The notebook is not JSON"),
    ],
)
def test_nobody_vanishes(tmp_path: Path, file: str, reason: str) -> None:
    """Who hands in something else is refused by name, and the rest of the class sorted in."""
    origin = export(tmp_path / "export.zip", "ben/b.ipynb")
    with zipfile.ZipFile(origin, "a") as archive:
        other = json.dumps({"nbformat": 4, "cells": []})
        archive.writestr(file, other if "other" in file else "anything")
    (refusal,) = collect(origin, tmp_path / "submitted", PART, LESSONS).refusals
    assert refusal.learner in ("Ada Lovelace", "text.html", "lovelaceada_123", "ada")
    assert refusal.reason.startswith(reason)
    assert collected(tmp_path) == {f"ben/{PART}/{LESSON}.ipynb"}


@pytest.mark.parametrize(
    "beside",
    [
        "README.txt",
        "ada/notes.pdf",
        "__MACOSX/ada/._a.ipynb",
        "ada/.DS_Store",
        f"ada/solutions/{LESSON}.ipynb",
        "Ada Lovelace_1_assignsubmission_file/notes.pdf",
    ],
)
def test_what_lies_beside_a_notebook_is_no_concern(tmp_path: Path, beside: str) -> None:
    """Nor does what an operating system has added name anybody."""
    ada = "Ada Lovelace_1_assignsubmission_file" if "Ada" in beside else "ada"
    origin = export(tmp_path / "export.zip", f"{ada}/a.ipynb", "ben/b.ipynb")
    with zipfile.ZipFile(origin, "a") as archive:
        archive.writestr(beside, "anything")
    assert collect(origin, tmp_path / "submitted", PART, LESSONS).refusals == []
    assert len(collected(tmp_path)) == 2


class Unflagged(zipfile.ZipInfo):
    """An entry whose name is in UTF-8, and which does not say so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(), self.flag_bits


def test_a_class_in_a_folder(tmp_path: Path) -> None:
    """What lies beside the learners' folders, and how they call their files, changes nothing."""
    names = ("class/ada/a.ipynb", "class/ben/notes_2026_01_b.ipynb", "class/cleo/c.ipynb")
    origin = export(tmp_path / "export.zip", *names, "class/grades.csv")
    assert collect(origin, tmp_path / "submitted", PART, LESSONS).refusals == []
    learners = ("ada", "ben", "cleo")
    assert collected(tmp_path) == {f"{name}/{PART}/{LESSON}.ipynb" for name in learners}


@pytest.mark.parametrize(
    "names",
    [
        ("ada/sub/x.ipynb", "ben/essay.pdf"),
        ("ada/a.zip", "ada/b.zip"),
        ("class/ada/x.ipynb", "class/ben.zip"),
    ],
)
def test_whose_folder_it_is(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A folder beside another is a learner's, and so is one with zips that name nobody."""
    origin = tmp_path / "export.zip"
    with zipfile.ZipFile(origin, "w") as archive:
        for number, name in enumerate(names):
            content = json.dumps(notebook(f"{SOURCE}  # {name}")).encode()
            if name.endswith(".zip"):
                inside = "ben/x.ipynb" if "class" in name else f"{LESSON}.ipynb"
                content = export(tmp_path / f"{number}.zip", inside).read_bytes()
            archive.writestr(name, b"%PDF" if name.endswith("pdf") else content)
    collect(origin, tmp_path / "submitted", PART, LESSONS)
    learners = {"ada"} | ({"ben"} if "class/ben.zip" in names else set())
    assert collected(tmp_path) == {f"{name}/{PART}/{LESSON}.ipynb" for name in learners}


def test_packed_work_packed_again(tmp_path: Path) -> None:
    """What several learners have packed, in a folder or not, and on a Mac: theirs each."""
    (tmp_path / "in").mkdir()
    for learner in ("ada", "ben"):
        export(tmp_path / "in" / f"{learner}.zip", f"{learner}/{PART}/{LESSON}.ipynb")
    export(tmp_path / "x.ipynb.zip", "x.ipynb")
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for path in (tmp_path / "in").iterdir():
            archive.write(path, f"in/{path.name}")
    assert collect(tmp_path / "export.zip", tmp_path / "submitted", PART, LESSONS).refusals == []
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(tmp_path / "x.ipynb.zip", "cleo/x.ipynb.zip")
    assert collect(tmp_path / "export.zip", tmp_path / "submitted", PART, LESSONS).refusals == []
    learners = ("ada", "ben", "cleo")
    assert collected(tmp_path) == {f"{name}/{PART}/{LESSON}.ipynb" for name in learners}


NEWER = (b"\x14\x00\x00\x00", b"\x63\x00\x00\x00")
"""Asks for version 9.9 of the format."""

UTF_8 = (b"\x14\x00\x00\x00", b"\x14\x00\x00\x08")
"""Says that the name is in UTF-8."""


@pytest.mark.parametrize("changes", [[NEWER], [UTF_8, (b"a.ipynb", b"\xff.ipynb")]])
def test_an_odd_zip_costs_nobody_else(tmp_path: Path, changes: list[tuple[bytes, bytes]]) -> None:
    """Whatever is wrong with it: its learner is refused, the others are sorted in."""
    odd = export(tmp_path / "inner.zip", "a.ipynb").read_bytes()
    before, mark, directory = odd.partition(b"PK\x01\x02")
    for old, new in changes:
        assert old in directory
        directory = directory.replace(old, new)
    odd = before + mark + directory
    origin = export(tmp_path / "export.zip", "ben/b.ipynb")
    with zipfile.ZipFile(origin, "a") as archive:
        archive.writestr("ada/inner.zip", odd)
    (refusal,) = collect(origin, tmp_path / "submitted", PART, LESSONS).refusals
    assert refusal.learner == "ada"
    assert "inner.zip holds no notebook" in refusal.reason
    assert collected(tmp_path) == {f"ben/{PART}/{LESSON}.ipynb"}


def test_names_from_a_mac(tmp_path: Path) -> None:
    """Its zips hold decomposed letters in UTF-8, and do not say so."""
    name = unicodedata.normalize("NFD", "Zoë/a.ipynb").encode()
    origin = tmp_path / "export"
    with zipfile.ZipFile(origin, "w") as archive:
        archive.writestr(Unflagged(name.decode()), json.dumps(notebook(SOURCE)))
    assert collect(origin, tmp_path / "submitted", PART, LESSONS).refusals == []
    assert collected(tmp_path) == {f"Zoë/{PART}/{LESSON}.ipynb"}


def test_folder_is_sorted_in(tmp_path: Path) -> None:
    """An export that was unpacked is as good as a zip."""
    with zipfile.ZipFile(export(tmp_path / "export.zip", "ada/a.ipynb", "ben/b.ipynb")) as archive:
        archive.extractall(tmp_path / "export")
    assert collect(tmp_path / "export", tmp_path / "submitted", PART, LESSONS).refusals == []
    assert len(collected(tmp_path)) == 2


def test_linked_notebook_in_a_folder(tmp_path: Path) -> None:
    """No link of an export is followed."""
    (tmp_path / "export" / "ada").mkdir(parents=True)
    (tmp_path / "export" / "ada" / "a.ipynb").symlink_to("/etc/hostname")
    (refusal,) = collect(tmp_path / "export", tmp_path / "submitted", PART, LESSONS).refusals
    assert "symbolic link" in refusal.reason


def test_same_export_again(tmp_path: Path) -> None:
    """What is there already is no conflict."""
    origin = export(tmp_path / "export.zip", "ada/a.ipynb")
    for _ in range(2):
        assert collect(origin, tmp_path / "submitted", PART, LESSONS).refusals == []


def test_another_submission_is_not_overwritten(tmp_path: Path) -> None:
    """Which of two counts is for the instructor to say."""
    path = hand_in(tmp_path / "submitted", "ada")
    before = path.read_bytes()
    origin = export(tmp_path / "export.zip", "ada/a.ipynb")
    (refusal,) = collect(origin, tmp_path / "submitted", PART, LESSONS).refusals
    assert "holds another submission" in refusal.reason
    assert path.read_bytes() == before


def test_two_learners_of_one_name(tmp_path: Path) -> None:
    """The platform's number tells them apart."""
    names = (f"Ada Lovelace_{number}_assignsubmission_file/x.ipynb" for number in (1, 2))
    origin = export(tmp_path / "e.zip", *names)
    assert collect(origin, tmp_path / "submitted", PART, LESSONS).refusals == []
    assert collected(tmp_path) == {
        f"Ada Lovelace_{number}/{PART}/{LESSON}.ipynb" for number in (1, 2)
    }


def test_learner_folder_that_is_a_link(tmp_path: Path) -> None:
    """Nothing is written where somebody's link leads."""
    (tmp_path / "submitted").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "submitted" / "ada").symlink_to(tmp_path / "elsewhere")
    origin = export(tmp_path / "export.zip", "ada/a.ipynb")
    (refusal,) = collect(origin, tmp_path / "submitted", PART, LESSONS).refusals
    assert "symbolic link" in refusal.reason
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize(
    "name", ["../evil/a.ipynb", "/evil/a.ipynb", "ada/../../evil.ipynb", "ada\\..\\b.ipynb"]
)
def test_entry_that_leads_out(tmp_path: Path, name: str) -> None:
    """The rest of the class is sorted in."""
    origin = export(tmp_path / "export.zip", "ben/b.ipynb", name)
    (refusal,) = collect(origin, tmp_path / "submitted", PART, LESSONS).refusals
    assert "leads out" in refusal.reason
    assert collected(tmp_path) == {f"ben/{PART}/{LESSON}.ipynb"}
    assert {path.name for path in tmp_path.iterdir()} <= {".grader", "export.zip", "submitted"}


def entry(name: str, *, mode: int = 0, flags: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.flag_bits = flags
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def test_linked_entry(tmp_path: Path) -> None:
    """A link in a zip is a file with the target as its content."""
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr(entry("ada/a.ipynb", mode=stat.S_IFLNK | 0o777), "/etc/passwd")
    (refusal,) = collect(tmp_path / "export.zip", tmp_path / "submitted", PART, LESSONS).refusals
    assert "symbolic link" in refusal.reason


def test_encrypted_entry(tmp_path: Path) -> None:
    """There is nobody to ask for the password."""
    path = export(tmp_path / "export.zip", "ada/a.ipynb")
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x03\x04") + 6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    (refusal,) = collect(path, tmp_path / "submitted", PART, LESSONS).refusals
    assert "encrypted" in refusal.reason


def test_bomb(tmp_path: Path) -> None:
    """A gigabyte of zeros is not unpacked."""
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr(entry("ada/a.ipynb"), b"0" * (MOST_BYTES << 3))
    (refusal,) = collect(tmp_path / "export.zip", tmp_path / "submitted", PART, LESSONS).refusals
    assert "larger than" in refusal.reason


def test_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    """What the directory of a zip says is not believed."""
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry("ada/a.ipynb"), b"0" * (MOST_BYTES << 3))
    raw = bytearray(path.read_bytes())
    raw[(at := raw.index(b"PK\x01\x02") + 24) : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(raw)
    (refusal,) = collect(path, tmp_path / "submitted", PART, LESSONS).refusals
    assert refusal.learner == "ada"
    assert refusal.reason.startswith("ada/a.ipynb: ")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short"])
def test_no_zip(tmp_path: Path, content: bytes) -> None:
    """The sentence says what to name."""
    (tmp_path / "export.zip").write_bytes(content)
    with pytest.raises(CourseError, match="neither a zip nor a folder"):
        collect(tmp_path / "export.zip", tmp_path / "submitted", PART, LESSONS)


def test_export_of_nothing(tmp_path: Path) -> None:
    """An export without a notebook is the wrong one."""
    with pytest.raises(CourseError, match="holds no notebook"):
        collect(export(tmp_path / "e.zip"), tmp_path / "submitted", PART, LESSONS)
